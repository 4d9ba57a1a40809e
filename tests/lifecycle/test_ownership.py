"""Who belongs to a workload: UIDs decide, names do not."""

from __future__ import annotations

from sednactl.lifecycle.ownership import Branch, Family, families_of, owned_by, ownership_tree
from sednactl.sedna.kinds import JOINT_INFERENCE
from tests.lifecycle.objects import DEAD, UID, Json, child, deployment, service, whole_service, workload


def links(branches: tuple[Branch, ...]) -> dict[str, str]:
    return {branch.object["metadata"]["name"]: branch.link for branch in branches}


def family(*objects: Json) -> Family:
    return Family(JOINT_INFERENCE, workload(), objects)


def test_ownership_runs_through_any_number_of_steps() -> None:
    children = whole_service(replicas=2)
    assert len(owned_by(UID, children)) == len(children)
    assert owned_by(DEAD, children) == []


def test_owners_in_a_circle_do_not_hang() -> None:
    one, two = child("Pod", "one"), child("Pod", "two")
    one["metadata"]["ownerReferences"].append({"kind": "Pod", "name": "two", "uid": two["metadata"]["uid"]})
    two["metadata"]["ownerReferences"] = [{"kind": "Pod", "name": "one", "uid": one["metadata"]["uid"]}]
    assert len(owned_by(UID, [one, two])) == 2
    assert len(ownership_tree(family(one, two))) == 1


def test_the_tree_tells_owned_unowned_ghost_and_foreign_apart() -> None:
    tree = ownership_tree(
        family(
            deployment("cloud"),
            deployment("edge", owned=False),
            child("HorizontalPodAutoscaler", "hpa-old", uid=DEAD, owned=False),
            child("Service", "helmet-cloud", labels=False, owned=False),
            child("Service", "bystander", labels=False, owned=False),
        )
    )
    assert links(tree) == {
        "helmet-deployment-cloud": "owned",
        "helmet-deployment-edge": "unowned",
        "hpa-old": "ghost",
        "helmet-cloud": "foreign",
    }


def test_a_ghosts_pods_hang_below_the_ghost() -> None:
    ghost = deployment("cloud", uid=DEAD, owned=False)
    pod = child("Pod", "helmet-pod", owner=ghost, uid=DEAD)
    tree = ownership_tree(family(ghost, pod))
    assert links(tree) == {"helmet-deployment-cloud": "ghost"}
    assert [one.object["metadata"]["name"] for one in tree[0].branches] == ["helmet-pod"]


def test_lists_are_dealt_out_to_their_workloads() -> None:
    other = workload(name="vest", uid="other")
    objects = [
        deployment("cloud"),
        deployment("cloud", of="vest", uid="other"),
        service(of="vest", uid="other"),
    ]
    elsewhere = deployment("edge")
    elsewhere["metadata"]["namespace"] = "mall"
    first, second = families_of(JOINT_INFERENCE, [workload(), other], [*objects, elsewhere])
    assert [item["metadata"]["name"] for item in first.objects] == ["helmet-deployment-cloud"]
    assert len(second.objects) == 2
    assert first.own("Deployment", "cloud") and not first.own("Deployment", "edge")


def test_a_namesake_without_labels_is_found_by_name() -> None:
    foreign = child("Service", "helmet-cloud", labels=False, owned=False)
    (found,) = families_of(JOINT_INFERENCE, [workload()], [foreign])
    assert found.named("Service", "helmet-cloud") is foreign
    assert found.own("Service") == []
