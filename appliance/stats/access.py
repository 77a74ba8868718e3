"""Which site a request may read: its key, and the site it names.

A site that does not exist and a site that the key may not read get the same answer.
"""

from starlette.requests import Request

from appliance.settings import ANY_SITE, Settings, SiteSettings
from appliance.stats.grants import Right
from appliance.stats.readers import Reader, Readers, only_for
from appliance.stats.replies import HttpRefusal

_UNKNOWN_SITE = "there is no such site, or the key may not read it"


class Access:
    """Readers and sites. Every method raises HttpRefusal where the request has no right."""

    def __init__(self, settings: Settings, readers: Readers) -> None:
        self._sites = {site.id: site for site in settings.sites}
        self._readers = readers

    def reader(self, request: Request, *, takes_filters: bool = False) -> Reader:
        """Who asks. Only routes that hold to filters, or show no numbers, are for those who are locked to some."""
        reader = self._readers.reader(request.headers.get("authorization", ""))
        if reader is None:
            reason = "a valid key is needed: Authorization: Bearer <key>"
            raise HttpRefusal(401, reason, {"www-authenticate": "Bearer"})
        if only_for(reader) and not takes_filters:
            raise HttpRefusal(403, "these numbers cannot be filtered, and this link is locked to a filter")
        return reader

    def reader_of_every_site(self, request: Request) -> Reader:
        """The same, where it may see how every site's data are kept."""
        reader = self.reader(request)
        if not reader.may(Right.PRIVACY, ANY_SITE):
            raise HttpRefusal(403, "this needs a key that opens every site")
        return reader

    def site(self, reader: Reader, site_id: str) -> SiteSettings:
        """The site of that id, for numbers of visitors."""
        return self.site_for(reader, Right.NUMBERS, site_id)

    def site_for(self, reader: Reader, right: Right, site_id: str) -> SiteSettings:
        """The site of that id, for something that needs a right."""
        site = self._sites.get(site_id)
        if site is None or not reader.may(right, site_id):
            raise HttpRefusal(404, _UNKNOWN_SITE)
        return site

    def named_site(self, request: Request) -> SiteSettings:
        """The site that the parameter `site_id` names; not for those who are locked to a filter."""
        return self.site(self.reader(request), request.query_params.get("site_id", ""))
