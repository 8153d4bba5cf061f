def keep_likeliest(p, share):
    q = np.zeros(p.shape)
    for i in range(p.shape[1]):
        left, total = p[:, i].copy(), 0.0
        while total < share and left.max() > 0:
            k = np.argmax(left)
            q[k, i] = p[k, i]
            total += left[k]
            left[k] = 0
        q[:, i] /= q[:, i].sum()
    return q
