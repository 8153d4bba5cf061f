def perplexity_of(words, letters, parameters):
    x, y, mask = make_batch(words, letters)
    a0 = np.zeros((len(parameters["Wya"].T), len(words)))
    y_pred = forward(x, a0, parameters)[1]
    loss, _ = masked_loss(y_pred, y, mask)
    losses = [masked_loss(y_pred[:, [i]], y[:, [i]], mask[[i]])[0] for i in range(len(words))]
    return np.exp(losses), float(np.exp(loss))
