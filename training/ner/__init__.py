"""Training of the clinical NER model: vectors, network, CRF, export. Reads tokens, never makes them."""
