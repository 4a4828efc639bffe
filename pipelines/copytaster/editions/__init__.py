"""Editions: published blocks in one order, merged into Iceberg tables that hold of each article the version that holds.

    cut      which blocks an edition is made of, once and for ever
    holding  which version of an article holds
    making   an edition's files and changes, a pure function of its cut and of the editions before
    commit   one snapshot a table, each edition once, in order

No Beam, no Kafka, no model.
"""
