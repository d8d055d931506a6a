"""The compiled kernel: C++ without intrinsics and without torch's headers, built when it is first used."""
