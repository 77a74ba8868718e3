"""The message whose keyed hash is the DayVisitorTag.

Version ‖ family ‖ address ‖ len(agent) ‖ agent ‖ len(site) ‖ site. Every part has a fixed length or its length in
front, so two different visitors never give the same message.
"""

from ipaddress import IPv4Address

from appliance.anonymize.network import Address, unmapped

_VERSION = 1
_IPV4, _IPV6 = 4, 6
_IPV6_PREFIX_BYTES = 8
_MAX_BYTES = 0xFFFF


def tag_message(address: Address, user_agent: str, site: str) -> bytes:
    """Injective message of one visitor at one site.

    Args:
        address: IPv4 goes in whole, IPv6 as its /64: the rest of an IPv6 address changes within a day.
        user_agent: cut to 65,535 bytes of UTF-8.
        site: id of the site, so that tags of two sites differ even under one key.

    Privacy: holds the whole address and agent; hash it at once and let it go.
    """
    address = unmapped(address)
    if isinstance(address, IPv4Address):
        family, prefix = _IPV4, address.packed
    else:
        family, prefix = _IPV6, address.packed[:_IPV6_PREFIX_BYTES]
    agent = user_agent.encode("utf-8", "surrogatepass")[:_MAX_BYTES]
    name = site.encode()
    return b"".join(
        (
            bytes((_VERSION, family)),
            prefix,
            len(agent).to_bytes(2, "big"),
            agent,
            len(name).to_bytes(2, "big"),
            name,
        )
    )
