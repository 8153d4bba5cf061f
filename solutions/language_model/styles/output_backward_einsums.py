def output_backward(dz, a, parameters):
    da = np.einsum("yn,ymt->nmt", parameters["Wya"], dz)
    dWya = np.einsum("ymt,nmt->yn", dz, a)
    dby = np.einsum("ymt->y", dz)[:, None]
    return da, dWya, dby
