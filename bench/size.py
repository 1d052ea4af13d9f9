# What `pip install torch` left on disk: torch and all that it requires.
import re
from importlib.metadata import PackageNotFoundError, distribution

from measure import report

sizes = {}


def visit(name):
    name = re.sub(r"[-_.]+", "-", name).lower()
    if name in sizes:
        return
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return
    places = (file.locate() for file in found.files or [])
    sizes[name] = sum(place.stat().st_size for place in places if place.is_file())
    for requirement in found.requires or []:
        if "extra ==" not in requirement:
            visit(re.match(r"[\w.-]+", requirement)[0])


visit("torch")
report("on disk", sum(sizes.values()) / 2**20, "MB")
report("of it the package", sizes["torch"] / 2**20, "MB")
