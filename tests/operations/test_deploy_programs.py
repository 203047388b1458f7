"""The programs that read the files in `deploy/` can read them, where they are installed."""

import shutil
import subprocess

import pytest

from tests.operations.test_deploy import DEPLOY


def run(program, *arguments):
    """What a program has to say; the test is skipped where it is not installed."""
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin")
    if path is None:
        pytest.skip(f"{program} is not installed")
    return subprocess.run([path, *arguments], check=False, capture_output=True, text=True)


def test_prometheus_reads_the_alerts():
    done = run("promtool", "check", "rules", str(DEPLOY / "prometheus" / "alerts.yaml"))

    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_reads_the_example():
    config = str(DEPLOY / "prometheus" / "prometheus.yaml")
    done = run("promtool", "check", "config", "--syntax-only", config)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", ["kubernetes", "kubernetes/migrate"])
def test_kustomize_puts_the_manifests_together(folder):
    done = run("kubectl", "kustomize", str(DEPLOY / folder))

    assert done.returncode == 0, done.stderr
    assert "image: registry.example.com/agentloom:" in done.stdout


def test_nginx_reads_the_example(tmp_path):
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x"]
    key, certificate = tmp_path / "key", tmp_path / "certificate"
    run("openssl", *words, "-keyout", str(key), "-out", str(certificate))
    site = (DEPLOY / "nginx" / "agentloom.conf").read_text()
    for name, file in {"key": key, "pem": certificate}.items():
        site = site.replace(f"/etc/ssl/agents.example.com.{name}", str(file))
    (tmp_path / "nginx.conf").write_text(f"events {{}}\nhttp {{\n{site}\n}}\n")

    done = run("nginx", "-t", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path))

    assert done.returncode == 0, done.stderr
