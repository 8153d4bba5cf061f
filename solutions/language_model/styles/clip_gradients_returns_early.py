def clip_gradients(gradients, max_norm):
    norm = np.sqrt(sum([np.sum(g * g) for g in gradients.values()]))
    if norm <= max_norm:
        return {name: g.copy() for name, g in gradients.items()}, norm
    return {name: g * (max_norm / norm) for name, g in gradients.items()}, norm
