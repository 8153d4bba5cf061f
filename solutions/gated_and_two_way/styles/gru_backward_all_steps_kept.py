def gru_backward(da, caches):
    steps, carried = [], 0
    for t in reversed(range(len(caches))):
        steps.append(gru_cell_backward(da[:, :, t] + carried, caches[t]))
        carried = steps[-1]["da_prev"]
    names = [name for name in steps[0] if name[1] in "Wb"]
    sums = {name: sum(step[name] for step in steps) for name in names}
    return {"dx": np.dstack([step["dxt"] for step in steps[::-1]]), "da0": carried, **sums}
