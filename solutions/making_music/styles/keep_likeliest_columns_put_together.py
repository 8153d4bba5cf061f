def keep_likeliest(p, share):
    q = np.zeros(p.shape)
    for i, c in enumerate(p.T):
        order = np.argsort(-c, kind="stable")
        q[order, i] = (
            c[order]
            * (np.cumsum(c[order]) - c[order] < share)
            / c[order][np.cumsum(c[order]) - c[order] < share].sum()
        )
    return q
