"""The processes of the appliance: each module wires one of them from the parts below and runs it."""
