def masked_loss(y_pred, y, mask):
    N = mask.sum()
    p = np.sum(y * y_pred, axis=0)
    loss = float(np.sum(-np.log(p[mask > 0])) / N)
    dz = mask * (y_pred - y) / N
    return loss, dz
