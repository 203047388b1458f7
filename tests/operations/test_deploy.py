"""The files in `deploy/`: that they fit one another, and that the commands in them serve with production settings."""

import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import yaml
from django.db import connection

from tests.processes import until
from tests.security.test_cases import environment
from tests.security.test_one_way import ROOT

DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
PROGRAMS = set(re.findall(r"^(\w+)\)$", (DEPLOY / "start").read_text(), re.MULTILINE))
SETTINGS = {
    name
    for file in (ROOT / "config/settings").glob("*.py")
    for name in re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', file.read_text())
}
OF_START = {"HOST", "PORT", "STATIC", "BEAT_SCHEDULE"}
OF_PYTHON = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}


def documents(path):
    return [each for each in yaml.safe_load_all(path.read_text()) if each]


MANIFESTS = [
    manifest
    for path in sorted(KUBERNETES.rglob("*.yaml"))
    if path.name != "kustomization.yaml"
    for manifest in documents(path)
]
PODS = {
    f"{each['kind']} {each['metadata']['name']}": each["spec"]["template"]
    for each in MANIFESTS
    if each["kind"] in {"Deployment", "Job"}
}


def test_the_programs_are_those_of_the_product():
    assert {"prepare", "web", "worker", "scheduler"} == PROGRAMS


@pytest.mark.parametrize("path", sorted(KUBERNETES.rglob("kustomization.yaml")), ids=str)
def test_a_kustomization_names_the_files_that_there_are(path):
    [kustomization] = documents(path)
    files = {each for each in kustomization["resources"] if each.endswith(".yaml")}
    others = {each.name for each in path.parent.glob("*.yaml")} - {"kustomization.yaml"}

    assert files == others
    for folder in set(kustomization["resources"]) - files:
        assert (path.parent / folder / "kustomization.yaml").exists()


def put_together(folder):
    """The manifests that `kubectl apply -k` brings."""
    [kustomization] = documents(folder / "kustomization.yaml")
    for name in kustomization["resources"]:
        place = folder / name
        yield from documents(place) if place.is_file() else put_together(place)


@pytest.mark.parametrize("folder", [KUBERNETES, KUBERNETES / "migrate"], ids=lambda each: each.name)
def test_what_is_applied_brings_its_namespace_and_settings(folder):
    names = {(each["kind"], each["metadata"]["name"]) for each in put_together(folder)}

    assert {("Namespace", "agentloom"), ("ConfigMap", "agentloom")} <= names


def test_what_prometheus_asks_is_the_site():
    [config] = documents(DEPLOY / "prometheus" / "prometheus.yaml")
    [job] = config["scrape_configs"]
    [config_map] = [each for each in MANIFESTS if each["kind"] == "ConfigMap"]

    assert all((DEPLOY / "prometheus" / name).exists() for name in config["rule_files"])
    [[target]] = [each["targets"] for each in job["static_configs"]]
    assert target in config_map["data"]["ALLOWED_HOSTS"].split(",")
    assert config_map["data"]["SITE_URL"] == f"{job['scheme']}://{target}"


def test_what_is_filled_in_has_an_example_and_stays_out_of_the_repository():
    [compose] = documents(DEPLOY / "compose.yaml")
    services = compose["services"].values()
    filled_in = {service["env_file"] for service in services if "env_file" in service}
    secret = {each["file"] for each in compose["secrets"].values()}

    assert all((DEPLOY / f"{name}.example").exists() for name in filled_in)
    ignored = set((ROOT / ".gitignore").read_text().split())
    assert {f"deploy/{name}" for name in filled_in | secret} <= ignored


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: each["metadata"]["name"])
def test_a_manifest_says_what_it_is(manifest):
    assert {"apiVersion", "kind", "metadata"} <= set(manifest)
    assert re.fullmatch(r"[a-z0-9-]{1,63}", manifest["metadata"]["name"])


@pytest.mark.parametrize("name", PODS)
def test_a_pod_runs_a_program_without_rights(name):
    pod = PODS[name]["spec"]
    [container] = pod["containers"]

    assert set(container["args"]) <= PROGRAMS
    assert pod["securityContext"]["runAsNonRoot"]
    assert not container["securityContext"]["allowPrivilegeEscalation"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert "memory" in container["resources"]["limits"]
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}


def test_selectors_find_the_pods_and_scaling_finds_the_deployments():
    labels = [pod["metadata"]["labels"]["app"] for pod in PODS.values()]
    deployments = {each["metadata"]["name"] for each in MANIFESTS if each["kind"] == "Deployment"}
    for manifest in MANIFESTS:
        spec = manifest.get("spec", {})
        selector = spec.get("selector", {})
        if selector:
            assert selector.get("matchLabels", selector)["app"] in labels
        if manifest["kind"] == "HorizontalPodAutoscaler":
            assert spec["scaleTargetRef"]["name"] in deployments


def test_web_processes_and_workers_survive_a_drained_node():
    guarded = {
        each["spec"]["selector"]["matchLabels"]["app"]
        for each in MANIFESTS
        if each["kind"] == "PodDisruptionBudget"
    }
    assert guarded == {"agentloom-web", "agentloom-worker"}


def test_workers_are_scaled_by_a_metric_that_there_is():
    [scaler] = [
        each
        for each in MANIFESTS
        if each["kind"] == "HorizontalPodAutoscaler" and "worker" in each["metadata"]["name"]
    ]
    assert scaler["spec"]["metrics"][0]["external"]["metric"]["name"] == "agentloom_queue_depth"


def test_compose_starts_the_programs_and_waits_for_the_migrations():
    [compose] = documents(DEPLOY / "compose.yaml")
    services = compose["services"]
    ours = {name for name, service in services.items() if service.get("image") == "agentloom"}

    assert ours == PROGRAMS
    assert {services[name]["command"] for name in ours} == PROGRAMS
    for name in ours - {"prepare"}:
        wait = services[name]["depends_on"]["prepare"]
        assert wait == {"condition": "service_completed_successfully"}
    volumes = [volume for service in services.values() for volume in service.get("volumes", ())]
    assert {volume.partition(":")[0] for volume in volumes} == set(compose["volumes"])


@pytest.mark.parametrize("path", sorted((DEPLOY / "systemd").iterdir()), ids=lambda path: path.name)
def test_a_unit_runs_a_program(path):
    text = path.read_text()

    [program] = re.findall(r"^ExecStart=/srv/agentloom/deploy/start (\w+)$", text, re.MULTILINE)
    assert program in PROGRAMS
    assert "User=agentloom" in text
    assert "NoNewPrivileges=yes" in text


def named_settings():
    """What the files in `deploy/` set."""
    [config_map] = [each for each in MANIFESTS if each["kind"] == "ConfigMap"]
    example = re.findall(
        r"^([A-Z_]+)=", (DEPLOY / "agentloom.env.example").read_text(), re.MULTILINE
    )
    image = re.findall(r"\b([A-Z_]{4,})=", (DEPLOY / "Dockerfile").read_text())
    units = [
        name
        for path in (DEPLOY / "systemd").iterdir()
        for line in re.findall(r"^Environment=(.*)$", path.read_text(), re.MULTILINE)
        for name in re.findall(r"([A-Z_]+)=", line)
    ]
    return {*config_map["data"], *example, *image, *units}


def test_what_is_set_is_a_setting():
    of_build = {"EXTRA_PACKAGES", "PIP_DISABLE_PIP_VERSION_CHECK", "PIP_NO_CACHE_DIR"}

    assert named_settings() <= SETTINGS | OF_START | OF_PYTHON | of_build


def test_the_image_has_what_the_product_imports_and_no_root():
    text = (DEPLOY / "Dockerfile").read_text()
    copied = set(re.findall(r"^COPY (\w+) /app/", text, re.MULTILINE))
    allowed = set(re.findall(r"^!([\w/]+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    packages = {path.parent.name for path in ROOT.glob("*/apps.py")}

    assert packages | {"database", "templates", "examples"} == copied
    assert copied <= allowed
    assert re.search(r"^USER \d+$", text, re.MULTILINE)
    assert "--require-hashes" in text


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"SECRET_KEY": "a" * 64}, "SECRET_KEY"),
        ({"SECRET_KEY": "django-insecure-" + "abcdefghijklmnopqrst" * 2}, "SECRET_KEY"),
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN"),
        ({"DEBUG": "true"}, "DEBUG"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "localhost"}, "ALLOWED_HOSTS"),
        ({"CSRF_TRUSTED_ORIGINS": "http://agents.example.com"}, "CSRF_TRUSTED_ORIGINS"),
    ],
)
def test_no_process_starts_with_unsafe_settings(change, word):
    result = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        check=False,
        cwd=ROOT,
        env=environment(**change) | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
    )

    assert result.returncode != 0
    *_, sentence = result.stderr.strip().splitlines()
    assert sentence.startswith(word)


# --- the very same commands


@pytest.fixture
def production(tmp_path, db):
    """The environment of an installation of its own, as in production, with an empty database."""
    name = f"deploy_{os.getpid()}"
    settings = connection.settings_dict
    place = {
        key.lower(): settings[key] for key in ("HOST", "PORT", "USER", "PASSWORD") if settings[key]
    }
    with psycopg.connect(**place, dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        url = os.environ["DATABASE_URL"]
        base = re.sub(r"/[^/?]+(\?|$)", rf"/{name}\1", url)
        yield environment(
            DATABASE_URL=base,
            REDIS_URL=os.environ["REDIS_URL"],
            AGENTLOOM_DATA=str(tmp_path),
            METRICS_TOKEN="a-token-for-prometheus",
            BEAT_SCHEDULE=str(tmp_path / "beat"),
            REPORT_SECONDS="0.2",
            PATH=f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        )
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def ask(port, path, **headers):
    """The answer to a request as a proxy passes it on, or None while nobody listens."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        headers={"Host": "agents.example.com", "X-Forwarded-Proto": "https", **headers},
    )
    try:
        return urllib.request.urlopen(request, timeout=5).read().decode()
    except urllib.error.HTTPError as error:
        return f"status {error.code}"
    except OSError:
        return None


@pytest.mark.processes
@pytest.mark.timeout(180)
def test_the_commands_of_the_image_serve_with_production_settings(production, tmp_path):
    """Migrating an empty database and collecting static files takes most of its time."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = production | {"PORT": str(port)}
    start = str(DEPLOY / "start")
    prepared = subprocess.run(
        [start, "prepare"], check=False, env=env, capture_output=True, text=True
    )
    assert prepared.returncode == 0, prepared.stderr
    with ExitStack() as stack, (tmp_path / "log").open("w+") as log:
        running = [
            stack.enter_context(subprocess.Popen([start, name], env=env, stdout=log, stderr=log))
            for name in ("web", "worker", "scheduler")
        ]
        stack.callback(lambda: [each.kill() for each in running])
        token = {"Authorization": "Bearer a-token-for-prometheus"}
        alive = [f'agentloom_processes{{kind="{kind}"}} 1.0' for kind in ("worker", "scheduler")]
        until(lambda: all(each in (ask(port, "/metrics", **token) or "") for each in alive), 90)
        assert [each.poll() for each in running] == [None, None, None]
        assert '"database": "ok"' in ask(port, "/readyz")
        assert "<form" in ask(port, "/login/")
        assert ask(port, "/metrics") == "status 401"
