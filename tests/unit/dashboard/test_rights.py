"""Roles and what they open, for each site."""

import pytest

from dashboard.rights import RIGHTS, Granted, Reader, Right, Role


def _reader(*roles: tuple[Role, tuple[str, ...]]) -> Reader:
    return Reader("anna", tuple(Granted(RIGHTS[role], sites) for role, sites in roles))


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        (Role.OWNER, {Right.NUMBERS, Right.QUALITY, Right.SETUP, Right.PRIVACY, Right.LINKS, Right.PEOPLE}),
        (Role.VIEWER, {Right.NUMBERS}),
        (Role.DPO, {Right.PRIVACY}),
    ],
)
def test_each_role_has_its_rights(role: Role, rights: set[Right]) -> None:
    reader = _reader((role, ("a.example",)))
    assert {right for right in Right if reader.may(right, "a.example")} == rights
    assert {right for right in Right if reader.may_somewhere(right)} == rights


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("role", Role)
def test_a_role_is_one_for_its_sites_only(role: Role, right: Right) -> None:
    assert not _reader((role, ("a.example",))).may(right, "b.example")


def test_a_star_means_every_site() -> None:
    assert _reader((Role.VIEWER, ("*",))).may(Right.NUMBERS, "b.example")


def test_roles_of_different_sites_do_not_mix() -> None:
    reader = _reader((Role.OWNER, ("a.example",)), (Role.VIEWER, ("b.example",)), (Role.DPO, ("c.example",)))
    assert reader.may(Right.SETUP, "a.example")
    assert not reader.may(Right.SETUP, "b.example")
    assert reader.may(Right.NUMBERS, "b.example")
    assert not reader.may(Right.NUMBERS, "c.example")
    assert not reader.may(Right.PRIVACY, "b.example")


def test_a_role_for_no_site_opens_nothing() -> None:
    assert not _reader((Role.OWNER, ())).may_somewhere(Right.NUMBERS)
