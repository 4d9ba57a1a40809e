"""Translated from templates/dataset.yaml.j2 by `python -m sednactl.manifests.ready`; not to be edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
JINJA = "3.1.6"
SOURCE = '{# Data on a node, or in a store that the node reads. #}\n{% from "parts/metadata.yaml.j2" import metadata_of %}\napiVersion: sedna.io/v1alpha1\nkind: Dataset\n{{ metadata_of(metadata) }}\nspec:\n  url: {{ url | yaml }}\n  format: {{ format | yaml }}\n  nodeName: {{ node | yaml }}\n{% if credential %}\n  credentialName: {{ credential | yaml }}\n{% endif %}\n'
from sednactl.manifests.ready.running import TemplateRuntimeError, Undefined, internalcode, missing
name = 'dataset.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_metadata = resolve('metadata')
    l_0_url = resolve('url')
    l_0_format = resolve('format')
    l_0_node = resolve('node')
    l_0_credential = resolve('credential')
    l_0_metadata_of = missing
    try:
        t_1 = environment.filters['yaml']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'yaml' found.")
    pass
    included_template = environment.get_template('parts/metadata.yaml.j2', 'dataset.yaml.j2')._get_default_module(context)
    l_0_metadata_of = getattr(included_template, 'metadata_of', missing)
    if l_0_metadata_of is missing:
        l_0_metadata_of = undefined(f"the template {included_template.__name__!r} (imported on line 2 in 'dataset.yaml.j2') does not export the requested name 'metadata_of'", name='metadata_of')
    context.vars['metadata_of'] = l_0_metadata_of
    context.exported_vars.discard('metadata_of')
    yield 'apiVersion: sedna.io/v1alpha1\nkind: Dataset\n'
    yield str(environment.call(context, (undefined(name='metadata_of') if l_0_metadata_of is missing else l_0_metadata_of), (undefined(name='metadata') if l_0_metadata is missing else l_0_metadata)))
    yield '\nspec:\n  url: '
    yield str(t_1((undefined(name='url') if l_0_url is missing else l_0_url)))
    yield '\n  format: '
    yield str(t_1((undefined(name='format') if l_0_format is missing else l_0_format)))
    yield '\n  nodeName: '
    yield str(t_1((undefined(name='node') if l_0_node is missing else l_0_node)))
    yield '\n'
    if (undefined(name='credential') if l_0_credential is missing else l_0_credential):
        pass
        yield '  credentialName: '
        yield str(t_1((undefined(name='credential') if l_0_credential is missing else l_0_credential)))
        yield '\n'

blocks = {}
debug_info = '2=23&5=30&7=32&8=34&9=36&10=38&11=41'
