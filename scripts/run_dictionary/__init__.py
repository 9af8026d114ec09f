# SPDX-License-Identifier: Apache-2.0
"""Small runs such as villages write, to train the dictionary of runs on."""
