def perplexity_of(words, letters, parameters):
    x, y, mask = make_batch(words, letters)
    n_a = parameters["Wya"].shape[1]
    _, y_pred, _ = forward(x, np.zeros((n_a, len(words))), parameters)
    surprise = -np.sum(y * np.log(y_pred), axis=0)
    each = [
        np.exp(np.sum(one[here > 0]) / np.sum(here))
        for one, here in zip(surprise, mask, strict=True)
    ]
    return np.array(each), np.exp(np.sum(surprise[mask > 0]) / np.sum(mask))
