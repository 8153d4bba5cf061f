def keep_likeliest(p, share):
    return (
        q := p
        * (
            share
            > np.array(
                [
                    [
                        sum(c[j] for j in range(len(c)) if (-c[j], j) < (-c[k], k))
                        for k in range(len(c))
                    ]
                    for c in p.T
                ]
            ).T
        )
    ) / q.sum(axis=0)
