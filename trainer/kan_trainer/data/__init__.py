"""Where examples come from: CSV files, IDX folders, the digits of scikit-learn, named functions."""
