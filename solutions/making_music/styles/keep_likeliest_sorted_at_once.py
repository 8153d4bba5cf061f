def keep_likeliest(p, share):
    order = np.argsort(-p, axis=0, kind="stable")
    ranked = np.take_along_axis(p, order, axis=0)
    before = np.vstack([np.zeros((1, p.shape[1])), np.cumsum(ranked, axis=0)[:-1]])
    kept = np.zeros(p.shape)
    np.put_along_axis(kept, order, np.where(before < share, ranked, 0.0), axis=0)
    return kept / kept.sum(axis=0, keepdims=True)
