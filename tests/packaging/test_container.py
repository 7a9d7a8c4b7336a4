"""The compose files, the image and what else is laid out for operators: closed as far as they can be, and in step."""

from __future__ import annotations

import configparser
import re
from typing import Any

import pytest
import yaml

from bot.process import settings
from bot.process.main import GRACE
from tests.packaging.commands import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = {name: yaml.safe_load((ROOT / name).read_text("utf-8")) for name in ("compose.yaml", "compose.postgres.yaml")}
OURS = [
    pytest.param(service, id=f"{file}:{name}")
    for file, compose in COMPOSE.items()
    for name, service in compose["services"].items()
    if "build" in service
]
CLUSTER = list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text(encoding="utf-8")))
RELEASE = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))


def seconds(words: str) -> float:
    return float(words.removesuffix("s"))


def pods() -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in CLUSTER if each["kind"] == "StatefulSet")["spec"]
    return found


@pytest.mark.parametrize("service", OURS)
def test_a_service_of_ours_can_do_as_little_as_it_needs(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "user", "cap_add", "network_mode", "pid"} & set(service)
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])


@pytest.mark.parametrize("service", OURS)
def test_a_service_gets_the_time_to_finish_what_is_in_hand(service: dict[str, Any]) -> None:
    assert seconds(service["stop_grace_period"]) > GRACE


@pytest.mark.parametrize("service", OURS)
def test_only_the_data_folder_and_a_folder_in_memory_are_written_to(service: dict[str, Any]) -> None:
    written = [each.split(":")[1] for each in service.get("volumes", [])]
    written += [each.split(":")[0] for each in service["tmpfs"]]
    assert sorted(written) == ["/data", "/tmp"]


@pytest.mark.parametrize("file", COMPOSE)
def test_every_volume_that_is_mounted_is_declared(file: str) -> None:
    services = COMPOSE[file]["services"].values()
    named = {volume.split(":")[0] for service in services for volume in service.get("volumes", [])}
    assert named == set(COMPOSE[file]["volumes"])


def test_one_service_and_one_file_of_settings_are_the_whole_installation() -> None:
    [service] = COMPOSE["compose.yaml"]["services"].values()
    assert (service["env_file"], service["restart"]) == (".env", "unless-stopped")
    assert settings.read({**service["environment"], "DUALO_DISCORD_TOKEN": "t"}).discord_on


def test_two_replicas_of_one_image_share_the_shards_and_wait_for_the_database() -> None:
    ours = [each for each in COMPOSE["compose.postgres.yaml"]["services"].values() if "build" in each]
    assert [each["environment"]["DUALO_DISCORD_SHARDS"] for each in ours] == ["0/2", "1/2"]
    assert len({each["image"] for each in ours}) == 1
    assert all(each["depends_on"] == {"postgres": {"condition": "service_healthy"}} for each in ours)
    assert len({port.split(":")[1] for each in ours for port in each["ports"]}) == len(ours)


def environment(service: dict[str, Any]) -> dict[str, str]:
    """As Compose fills it in."""
    return {name: re.sub(r"\$\{\w+:[?-][^}]*\}", "word", value) for name, value in service["environment"].items()}


@pytest.mark.parametrize("service", OURS)
def test_what_a_compose_file_sets_are_settings(service: dict[str, Any]) -> None:
    given = environment(service)
    assert settings.unknown(given) == []
    assert not settings.read({**given, "DUALO_WEB": "off"}).web_on


def test_every_setting_of_the_example_is_one_and_none_is_set() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []
    named = {line[1:].partition("=")[0] for line in lines if re.match(r"#[A-Z_]+=", line)}
    assert settings.unknown(dict.fromkeys(named, "")) == []
    files = "".join((ROOT / name).read_text(encoding="utf-8") for name in COMPOSE)
    assert [name for name in named if not name.startswith("DUALO_") and f"${{{name}:" not in files] == []


def test_the_image_runs_as_nobody_in_particular_and_says_whether_it_is_well() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert DOCKERFILE.count("\nFROM ") == 2
    for line in ("USER 10001:10001", "VOLUME /data", "STOPSIGNAL SIGTERM", "HEALTHCHECK", 'ENTRYPOINT ["dualo"]'):
        assert f"\n{line}" in last, line
    assert "pip" not in last


def test_both_stages_stand_on_one_image_that_is_named_by_its_digest() -> None:
    named = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(set(named)) == 1
    assert re.fullmatch(r"python:3\.\d+-slim@sha256:[0-9a-f]{64}", named[0])


def test_a_release_has_a_wheel_and_an_image_for_two_machines_with_contents_and_origin() -> None:
    jobs = RELEASE["jobs"]
    [built] = [step["with"] for step in jobs["image"]["steps"] if "build-push" in step.get("uses", "")]
    assert built["platforms"] == "linux/amd64,linux/arm64"
    assert (built["sbom"], built["provenance"], built["push"]) == (True, "mode=max", True)
    wheel = "".join(step.get("run", "") + step.get("uses", "") for step in jobs["wheel"]["steps"])
    assert "attest-build-provenance" in wheel
    assert "gh release create" in wheel


def test_every_action_of_a_workflow_is_pinned_to_a_commit() -> None:
    for file in (ROOT / ".github" / "workflows").glob("*.yml"):
        for used in re.findall(r"uses: (\S+)(.*)", file.read_text(encoding="utf-8")):
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", used[0]), used
            assert re.fullmatch(r" # v[\d.]+", used[1]), used


def test_the_unit_sees_the_system_read_only_and_stops_in_time() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string((ROOT / "deploy" / "dualo.service").read_text(encoding="utf-8"))
    service = unit["Service"]
    assert (service["ProtectSystem"], service["NoNewPrivileges"], service["DynamicUser"]) == ("strict", "yes", "yes")
    assert service["CapabilityBoundingSet"] == ""
    assert float(service["TimeoutStopSec"]) > GRACE
    assert "DUALO_DATA_DIR=/var/lib/dualo" in service["Environment"].split()


def test_a_pod_can_do_as_little_as_it_needs_and_gets_the_time_to_finish() -> None:
    pod = pods()["template"]["spec"]
    [container] = pod["containers"]
    assert (pod["securityContext"]["runAsNonRoot"], pod["automountServiceAccountToken"]) == (True, False)
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["terminationGracePeriodSeconds"] > GRACE


def test_a_pod_is_restarted_for_its_life_and_left_out_for_its_readiness() -> None:
    [container] = pods()["template"]["spec"]["containers"]
    asked = {probe: container[f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "liveness", "readiness")}
    assert asked == {"startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz"}


def test_every_pod_takes_one_shard_and_all_are_taken() -> None:
    [container] = pods()["template"]["spec"]["containers"]
    given = {each["name"]: each.get("value", "") for each in container["env"]}
    assert given["DUALO_DISCORD_SHARDS"] == f"$(POD_NUMBER)/{pods()['replicas']}"
    secret = next(each for each in CLUSTER if each["kind"] == "Secret")["stringData"]
    assert settings.unknown({**given, **secret}) == []


def test_a_cluster_takes_one_pod_away_at_a_time() -> None:
    budget = next(each for each in CLUSTER if each["kind"] == "PodDisruptionBudget")["spec"]
    assert budget["maxUnavailable"] == 1
    assert budget["selector"] == pods()["selector"]


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_a_proxy_keeps_what_asks_for_no_word_from_the_outside(name: str) -> None:
    said = (ROOT / "deploy" / name).read_text(encoding="utf-8")
    assert all(path in said for path in ("metrics", "readyz", "healthz"))
    assert "404" in said
