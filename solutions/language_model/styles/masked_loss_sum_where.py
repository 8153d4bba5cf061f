def masked_loss(y_pred, y, mask):
    N = np.count_nonzero(mask)
    surprise = np.sum(-np.log(y_pred) * y, axis=0)
    loss = np.sum(surprise, where=mask > 0) / N
    dz = (y_pred - y) / N * mask
    return loss, dz
