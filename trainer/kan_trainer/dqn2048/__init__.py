"""2048 learned by Double DQN: many games at once, a replay buffer, a Kolmogorov-Arnold network for the four moves."""
