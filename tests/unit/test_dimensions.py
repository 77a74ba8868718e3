"""Every dimension has its traits and one API name."""

from appliance.dimensions import BY_API_NAME, TRAITS, Dimension
from appliance.events import EVENT_FIELDS, VISIT_FIELDS, CleanEvent


def test_every_dimension_that_can_be_asked_for_has_traits_and_its_own_name() -> None:
    assert set(TRAITS) == set(Dimension) - {Dimension.NONE, Dimension.FUNNEL_STEP, Dimension.PREVIOUS_PAGE}
    assert len(BY_API_NAME) == len(TRAITS)


def test_every_field_that_is_counted_exists_in_the_event() -> None:
    counted = {field for _, field in (*VISIT_FIELDS, *EVENT_FIELDS)}
    assert counted <= set(CleanEvent.__struct_fields__)


def test_every_dimension_is_counted_somewhere() -> None:
    counted = {dimension for dimension, _ in (*VISIT_FIELDS, *EVENT_FIELDS)}
    of_the_count = {Dimension.EXIT_PAGE, Dimension.GOAL, Dimension.PROPS, Dimension.VISITOR_TYPE}
    assert counted | of_the_count == set(TRAITS)
