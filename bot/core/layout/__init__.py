"""Views laid out as pages, for every front end: the words that stand around what is shown, in one place.

The painter of each adapter calls `page`, which speaks the reader's language. A new view is a function in one of this
package's files, registered by `lays_out`. What authors and people wrote, and the sentences that handlers say, come with
the view.
"""

from __future__ import annotations

import importlib
import pkgutil

from bot.core import i18n, views
from bot.core.blocks import Diagram, Page, Picture
from bot.core.layout import parts
from bot.core.record import replace
from bot.core.svg import Svg
from bot.core.views import Reader

for _module in pkgutil.iter_modules(__path__, f"{__name__}."):
    importlib.import_module(_module.name)


def page(view: views.View, reader: Reader) -> Page:
    """The view as its reader gets it. In plain mode nothing is left that is not words."""
    with i18n.speaking(reader.language):
        found = parts.layout_of(view)(view, reader)
        return replace(found, language=i18n.spoken(), tone=None if reader.plain else found.tone)


def drawings(view: views.View, reader: Reader) -> tuple[Svg, ...]:
    """What has to be drawn for the page, for whoever draws it beforehand."""
    if not isinstance(view, views.LessonPage | views.ProgressPage | views.CertificatePage):
        return ()
    return tuple(each.svg for each in page(view, reader).blocks if isinstance(each, Diagram | Picture))
