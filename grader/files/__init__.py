"""Read and write files that people made, whole or not at all."""
