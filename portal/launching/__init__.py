"""Context launch (uthopp): another system sends its reader here with the patient already chosen.

However it is sent it ends where a typed number ends: at the gate. A launch says who reads about whom; whether
she may is decided as always.
"""
