"""Values through a template into documents.

What a template writes is read back as YAML and written anew by manifests/writing,
so that comments, spacing and quoting of a template never reach the cluster. The
templates that come along are translated to Python ahead of time (manifests/ready);
a changed one, like one of the user's own, is rendered by Jinja.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sednactl.errors import InvalidInput
from sednactl.manifests.completing import template_values
from sednactl.manifests.templates import own_file, packaged_file, template_name

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.environment import Environment

    from sednactl.manifests.document import Document
    from sednactl.sedna.kinds import SednaKind

Json = dict[str, Any]
_LARGEST_TEMPLATE = 1024 * 1024


def render_manifest(
    kind: SednaKind,
    name: str,
    namespace: str | None,
    values: Mapping[str, Any],
    template: Path | None = None,
) -> list[Json]:
    """Give the documents that a template makes of checked values.

    `template` is a file of the user's own, else the kind's. Raises InvalidInput
    for contradicting values, a template that fails (file and line in the message)
    and output that is no manifest of that kind and name.
    """
    context = template_values(kind, name, namespace, values)
    return [document.content for document in render_documents(kind, context, template)]


def render_documents(
    kind: SednaKind, context: Mapping[str, Any], template: Path | None = None
) -> list[Document]:
    """Give the documents that a template makes of `template_values`, with the place of every value in its text."""
    from sednactl.manifests.reading import read_documents

    shown = str(template) if template else template_name(kind)
    text = render_text(kind, context, template)
    try:
        documents = read_documents(text.encode(), f"{shown} (rendered)")
    except UnicodeEncodeError:
        raise InvalidInput(
            f"{shown}: the values hold half of a surrogate pair, which no file can hold"
        ) from None
    _require_workload(documents, kind, context["name"], shown)
    return documents


def render_text(kind: SednaKind, context: Mapping[str, Any], template: Path | None = None) -> str:
    """Give what a template writes, as text."""
    if template is None:
        from sednactl.manifests.ready import ready_text

        ready = ready_text(template_name(kind), context, _packaged_source)
        if ready is not None:
            return ready
    from jinja2.exceptions import TemplateError

    from sednactl.manifests.bounds import BoundedEnvironment, limited_memory, rendered

    files: set[str] = set()
    environment = BoundedEnvironment(loader=_loader(template, files))
    shown = str(template) if template else template_name(kind)
    try:
        if template is None:
            return rendered(environment.get_template(template_name(kind)).generate(context))
        with limited_memory():
            return rendered(environment.get_template(template.name).generate(context))
    except RecursionError:
        raise InvalidInput(f"{shown}: the template calls itself without end") from None
    except MemoryError:
        raise InvalidInput(f"{shown}: the template wants more memory than any manifest needs") from None
    except (
        TemplateError,
        ArithmeticError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        AssertionError,  # some of Jinja's filters check their arguments so
    ) as error:
        raise _template_error(error, shown, files) from error
    except InvalidInput as error:  # the filter yaml, of a value that no document can hold
        place = _line_in_template(error, files)
        if place is None and template is not None and error.message.startswith(f"{template}: "):
            raise  # the template itself cannot be read
        raise InvalidInput(
            f"{shown if place is None else f'{place[0]}:{place[1]}'}: {error.message}", hint=error.hint
        ) from error


def _loader(template: Path | None, files: set[str]) -> Any:
    """Give a loader that knows the user's template and its folder first, then the templates that come along.

    The names of the files it reads are put into `files`.
    """
    from jinja2.exceptions import TemplateNotFound
    from jinja2.loaders import BaseLoader

    def own(name: str) -> Path | None:
        if template is None or name == template.name:
            return template
        return own_file(template.parent, name)

    class Loader(BaseLoader):
        def load(self, environment: Environment, name: str, globals: Any = None) -> Template:
            file = own(name) or packaged_file(name)
            if file is None:
                raise TemplateNotFound(name)
            source = _read(file)
            files.add(str(file))
            code = environment.compile(source, name, str(file))
            return environment.template_class.from_code(environment, code, globals or {})

    return Loader()


def _packaged_source(name: str) -> str | None:
    file = packaged_file(name)
    return None if file is None else _read(file)


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST_TEMPLATE:
            raise InvalidInput(f"{file}: a template of more than {_LARGEST_TEMPLATE // 1024} KiB is none")
        return file.read_text("utf-8")
    except OSError as error:
        hint = "'sednactl templates eject' gives a template to start from"
        raise InvalidInput(f"{file}: cannot be read: {error.strerror}", hint=hint) from None
    except UnicodeDecodeError:
        raise InvalidInput(f"{file}: is no UTF-8 text") from None


def _template_error(error: Exception, shown: str, files: set[str]) -> InvalidInput:
    """Say what failed, in which file and line of the templates."""
    from jinja2.exceptions import TemplateNotFound, TemplateSyntaxError, UndefinedError

    if isinstance(error, TemplateSyntaxError):
        return InvalidInput(
            f"{error.filename or error.name or shown}:{error.lineno}: {error.message}",
            hint="templates are Jinja's: {{ value }}, {% if … %} … {% endif %}",
        )
    place = _line_in_template(error, files)
    where = f"{place[0]}:{place[1]}" if place else shown
    if isinstance(error, TemplateNotFound):
        return InvalidInput(
            f"{where}: there is no template '{error.message}'",
            hint="looked beside your template (names end in .j2) and among those that come along",
        )
    hint = None
    if isinstance(error, UndefinedError):
        hint = "give it a value (-f, --set vars.NAME=…), or a default in the template: | default(…)"
    return InvalidInput(f"{where}: {str(error) or type(error).__name__}", hint=hint)


def _line_in_template(error: Exception, files: set[str]) -> tuple[str, int] | None:
    """Find the innermost line of a template in the traceback, where Jinja has put the templates' own lines."""
    found = None
    trace = error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file in files:
            found = (file, trace.tb_lineno)
        trace = trace.tb_next
    return found


def _require_workload(documents: list[Document], kind: SednaKind, name: str, shown: str) -> None:
    """Refuse what is no manifest, and a rendering without the very workload that was asked for."""
    found = 0
    for document in documents:
        content = document.content
        if not isinstance(content, dict) or not isinstance(content.get("metadata"), dict):
            raise InvalidInput(
                f"{shown}: the template wrote something that is no manifest",
                hint="every document has apiVersion, kind and metadata; 'sednactl templates eject' gives one to start from",
            )
        found += content.get("kind") == kind.kind and content["metadata"].get("name") == name
    if found > 1:
        raise InvalidInput(f"{shown}: the template wrote {found} of {kind.kind} '{name}'; one is wanted")
    if not found:
        wrote = [f"{one.content.get('kind')} '{one.content['metadata'].get('name')}'" for one in documents]
        more = f" and {len(wrote) - 3} more" if len(wrote) > 3 else ""
        instead = f", but {', '.join(wrote[:3])}{more}" if wrote else ""
        raise InvalidInput(f"{shown}: the template wrote no {kind.kind} '{name}'{instead}")
