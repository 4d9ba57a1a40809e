"""The pages of what the schema walk finds: the API server itself would refuse all of it but SDN204."""

from sednactl.validation.rulebook import page

page(
    "SDN001",
    "error",
    """
    Not a Kubernetes object

    Every document must be a map with apiVersion and kind. Anything else (a list, a bare
    word, a forgotten kind) cannot be sent to a cluster.

    Right:
      apiVersion: sedna.io/v1alpha1
      kind: Model
    """,
)
page(
    "SDN002",
    "error",
    """
    Unknown kind or version

    Sedna has one API version, sedna.io/v1alpha1, and eleven kinds, spelled with capitals
    (JointInferenceService). Files called v1alpha2 in Sedna's samples are v1alpha1 as well.
    """,
)
page(
    "SDN003",
    "error",
    """
    Unknown field

    The field does not exist at this place in Sedna 0.7 with Kubernetes 1.30 pod types.
    kubectl refuses it by default; with --validate=false the cluster drops it without a
    word, and the workload runs without what you asked for. Most often it is a slip of the
    pen or of the indentation. Labels on pod templates are unknown too: Sedna's CRD keeps
    no template.metadata.
    """,
)
page(
    "SDN004",
    "error",
    """
    Value of the wrong type

    The usual case is an unquoted number or yes/no where Sedna wants text: parameters of
    hard example mining and environment variables are always strings.

    Wrong:
      value: 0.9
    Right:
      value: "0.9"
    """,
)
page(
    "SDN005",
    "error",
    """
    Required field missing

    The field must be there, and null counts as missing: the cluster drops nulls before it looks.
    """,
)
page(
    "SDN006",
    "error",
    """
    Value outside what the schema allows

    The value has the right type, but not a form or a range that the API server takes,
    e.g. a quantity of 2GB instead of 2G or 2Gi.
    """,
)
page(
    "SDN007",
    "error",
    """
    List entry given twice

    Some lists are maps in disguise: containers, env, volumes, volumeMounts by name or
    path, ports by containerPort and protocol (TCP when left out). Two entries with the
    same key are refused.
    """,
)
page(
    "SDN008",
    "error",
    """
    Metadata that Kubernetes refuses

    Names, namespaces, labels, annotations and owner references follow Kubernetes' own
    rules, whatever the kind.
    """,
)
page(
    "SDN009",
    "error",
    """
    Field that this release of Sedna does not have yet

    Found with --sedna-version. The field came with a younger release, so kubectl refuses it where
    the CRDs are older; with --validate=false the cluster drops it without a word. An hpa, for
    instance, needs the CRDs of Sedna 0.7.
    """,
)
page(
    "SDN204",
    "error",
    """
    Number that does not fit in 32 bits

    The API server stores it, but Sedna's Global Manager reads replicas, ports, windows, periods
    and the like as 32-bit numbers and cannot read the object at all.
    """,
)
page(
    "SDN901",
    "warning",
    """
    Ignoring without a reason

    A rule is ignored on the command line, in the project file .sednactl.yaml, by a comment or by an
    annotation. Without the reason nobody can tell later whether it still holds. On the command line
    it is an info. A comment that names no rule, or one that does not exist, ignores nothing.

    Right:
      # sednactl: ignore SDN213 the lab has one node
      ignore.sednactl.io/SDN213: the lab has one node
      --ignore "SDN213=the lab has one node"
    """,
)
page(
    "SDN902",
    "info",
    """
    Ignoring that ignores nothing

    A comment or an annotation in a manifest ignores a rule that finds nothing there: the reason is
    gone, or the comment stands at the wrong line. A comment behind a value is for that line, one on
    a line of its own for what follows and is indented below it, one above the first line for the
    whole document.
    """,
)
