"""Translated from templates/parts/metadata.yaml.j2 by `python -m sednactl.manifests.ready`; not to be edited."""

# ruff: noqa
# fmt: off
# mypy: ignore-errors
JINJA = "3.1.6"
SOURCE = "5d13356aee0ba75c6fed7eda63aa78a152169007b4e54eca431d208502582352"
from jinja2.runtime import LoopContext, Macro, Markup, Namespace, TemplateNotFound, TemplateReference, TemplateRuntimeError, Undefined, escape, identity, internalcode, markup_join, missing, str_join
name = 'parts/metadata.yaml.j2'

def root(context, missing=missing):
    resolve = context.resolve_or_missing
    undefined = environment.undefined
    concat = environment.concat
    cond_expr_undefined = Undefined
    if 0: yield None
    l_0_metadata = missing
    try:
        t_1 = environment.filters['yaml']
    except KeyError:
        @internalcode
        def t_1(*unused):
            raise TemplateRuntimeError("No filter named 'yaml' found.")
    pass
    def macro(l_1_name, l_1_namespace, l_1_labels, l_1_annotations):
        t_2 = []
        if l_1_name is missing:
            l_1_name = undefined("parameter 'name' was not provided", name='name')
        if l_1_namespace is missing:
            l_1_namespace = undefined("parameter 'namespace' was not provided", name='namespace')
        if l_1_labels is missing:
            l_1_labels = undefined("parameter 'labels' was not provided", name='labels')
        if l_1_annotations is missing:
            l_1_annotations = undefined("parameter 'annotations' was not provided", name='annotations')
        pass
        t_2.extend((
            'metadata:\n  name: ',
            str(t_1(l_1_name)),
            '\n',
        ))
        if l_1_namespace:
            pass
            t_2.extend((
                '  namespace: ',
                str(t_1(l_1_namespace)),
                '\n',
            ))
        if l_1_labels:
            pass
            t_2.extend((
                '  labels: ',
                str(t_1(l_1_labels)),
                '\n',
            ))
        if l_1_annotations:
            pass
            t_2.extend((
                '  annotations: ',
                str(t_1(l_1_annotations)),
                '\n',
            ))
        return concat(t_2)
    context.exported_vars.add('metadata')
    context.vars['metadata'] = l_0_metadata = Macro(environment, macro, 'metadata', ('name', 'namespace', 'labels', 'annotations'), False, False, False, context.eval_ctx.autoescape)

blocks = {}
debug_info = '2=18&4=31&5=34&6=38&8=41&9=45&11=48&12=52'
