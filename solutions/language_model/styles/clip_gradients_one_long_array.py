def clip_gradients(gradients, max_norm):
    arrow = np.concatenate([g.ravel() for g in gradients.values()])
    norm = np.linalg.norm(arrow)
    scale = 1.0 if norm <= max_norm else max_norm / norm
    return {name: g * scale for name, g in gradients.items()}, norm
