"""`appliance demo`: the whole appliance with a small web site to browse and made-up visitors."""
