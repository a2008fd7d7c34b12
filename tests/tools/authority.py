# SPDX-License-Identifier: ISC
"""A CA of the test's own, and certificates of it: what mail hosts prove themselves with."""
import hashlib
import pathlib
import subprocess
import tempfile

from mailsite import openssl


class Authority:
    """A CA, and certificates of it; all may be read by everyone: mxlookup run by root becomes somebody else."""

    def __init__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="mailpipe-ca-"))
        self.dir.chmod(0o755)
        self.ca = self.dir / "ca.pem"
        self._key("ca")
        openssl("req", "-x509", "-new", "-key", self.dir / "ca.key", "-subj", "/CN=Test CA", "-days", "30", "-out", self.ca)
        (self.dir / "index").touch()
        (self.dir / "ca.conf").write_text(f"""[ca]
default_ca = test
[test]
database = {self.dir}/index
new_certs_dir = {self.dir}
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
""")

    def _key(self, name):
        openssl("genpkey", "-algorithm", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.dir / f"{name}.key")
        (self.dir / f"{name}.key").chmod(0o644)

    def certificate(self, name, *hosts, begin="20240101000000Z", end="20990101000000Z"):
        """Options of smtpd."""
        self._key(name)
        names = "subjectAltName=" + ",".join(f"DNS:{host}" for host in hosts)
        openssl("req", "-new", "-key", self.dir / f"{name}.key", "-subj", f"/CN={name}", "-addext", names, "-out", self.dir / f"{name}.csr")
        openssl("ca", "-batch", "-notext", "-config", self.dir / "ca.conf", "-cert", self.ca, "-keyfile", self.dir / "ca.key",
                "-startdate", begin, "-enddate", end, "-in", self.dir / f"{name}.csr", "-out", self.dir / f"{name}.pem")
        return ["--tls-cert", self.dir / f"{name}.pem", "--tls-key", self.dir / f"{name}.key"]

    def self_signed(self, name):
        self._key(name)
        openssl("req", "-x509", "-new", "-key", self.dir / f"{name}.key", "-subj", f"/CN={name}", "-days", "30",
                "-out", self.dir / f"{name}.pem")
        return ["--tls-cert", self.dir / f"{name}.pem", "--tls-key", self.dir / f"{name}.key"]

    def key_digest(self, name):
        command = ["openssl", "pkey", "-in", self.dir / f"{name}.key", "-pubout", "-outform", "DER"]
        return hashlib.sha256(subprocess.run(command, capture_output=True, check=True).stdout).hexdigest()
