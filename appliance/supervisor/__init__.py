"""Starts, watches and stops the processes of the appliance, and wires the parts of each. The only wiring place."""
