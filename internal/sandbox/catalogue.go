package sandbox

const pathEnv = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// catalogue has the images of the labs and of Kubernetes' own tests.
var catalogue = []*entry{
	{repo: "docker.io/library/centos", tags: []string{"7", "*"}, size: 76_097_157,
		cmd: []string{"/bin/bash"}, env: []string{pathEnv}, kind: centos},
	{repo: "docker.io/library/debian", tags: []string{"bookworm", "*"}, size: 48_494_272,
		cmd: []string{"bash"}, env: []string{pathEnv}, kind: debian},
	{repo: "docker.io/library/ubuntu", tags: []string{"24.04", "*"}, size: 29_754_290,
		cmd: []string{"/bin/bash"}, env: []string{pathEnv}, kind: ubuntu},
	{repo: "docker.io/library/alpine", tags: []string{"latest", "*"}, size: 3_799_689,
		cmd: []string{"/bin/sh"}, env: []string{pathEnv}, kind: alpine},
	{repo: "docker.io/library/busybox", tags: []string{"latest", "*"}, size: 2_156_518,
		cmd: []string{"sh"}, env: []string{pathEnv}, kind: busybox},
	{repo: "docker.io/library/bash", tags: []string{"latest", "*"}, size: 6_742_081,
		entrypoint: []string{"docker-entrypoint.sh"}, cmd: []string{"bash"},
		env: []string{pathEnv, "_BASH_VERSION=5.2.15"}, kind: bashImage},
	{repo: "registry.k8s.io/e2e-test-images/busybox", tags: []string{"1.37.0-1", "*"}, size: 2_223_686,
		cmd: []string{"sh"}, env: []string{pathEnv}, kind: busybox},
	{repo: "registry.k8s.io/e2e-test-images/agnhost", tags: []string{"2.63.0", "*"}, size: 55_000_000,
		entrypoint: []string{"/agnhost"}, cmd: []string{"pause"}, env: []string{pathEnv}, kind: agnhost},
	{repo: "registry.k8s.io/pause", tags: []string{"3.10.1", "*"}, size: 320_448,
		entrypoint: []string{"/pause"}, env: []string{pathEnv}, kind: pause},
}

var centos = &kind{
	name: "centos",
	links: map[string]string{
		"/bin": "usr/bin", "/sbin": "usr/sbin", "/lib": "usr/lib", "/lib64": "usr/lib64",
		"/usr/bin/sh": "bash", "/var/run": "../run", "/var/lock": "../run/lock",
	},
	dirs:     []string{"/usr/lib", "/usr/lib64", "/mnt", "/media", "/srv", "/opt"},
	binaries: map[string][]string{"/usr/bin": gnu("bash", "curl")},
	files: map[string]string{
		"/etc/os-release": `NAME="CentOS Linux"
VERSION="7 (Core)"
ID="centos"
ID_LIKE="rhel fedora"
VERSION_ID="7"
PRETTY_NAME="CentOS Linux 7 (Core)"
ANSI_COLOR="0;31"
CPE_NAME="cpe:/o:centos:centos:7"
HOME_URL="https://www.centos.org/"
BUG_REPORT_URL="https://bugs.centos.org/"
`,
		"/etc/centos-release": "CentOS Linux release 7.9.2009 (Core)\n",
		"/etc/redhat-release": "CentOS Linux release 7.9.2009 (Core)\n",
		"/etc/passwd":         passwd("/bin/bash"),
		"/etc/group":          group,
	},
}

var debian = debianKind("debian", `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`)

var ubuntu = debianKind("ubuntu", `PRETTY_NAME="Ubuntu 24.04 LTS"
NAME="Ubuntu"
VERSION_ID="24.04"
VERSION="24.04 LTS (Noble Numbat)"
VERSION_CODENAME=noble
ID=ubuntu
ID_LIKE=debian
HOME_URL="https://www.ubuntu.com/"
SUPPORT_URL="https://help.ubuntu.com/"
BUG_REPORT_URL="https://bugs.launchpad.net/ubuntu/"
UBUNTU_CODENAME=noble
`)

func debianKind(name, release string) *kind {
	return &kind{
		name: name,
		links: map[string]string{
			"/bin": "usr/bin", "/sbin": "usr/sbin", "/lib": "usr/lib", "/lib64": "usr/lib64",
			"/usr/bin/sh": "dash", "/var/run": "/run", "/var/lock": "/run/lock",
		},
		dirs:     []string{"/usr/lib", "/usr/lib64", "/boot", "/mnt", "/media", "/srv", "/opt"},
		binaries: map[string][]string{"/usr/bin": gnu("bash", "dash")},
		files: map[string]string{
			"/etc/os-release": release,
			"/etc/passwd":     passwd("/bin/bash"),
			"/etc/group":      group,
		},
	}
}

const alpineRelease = `NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.22.1
PRETTY_NAME="Alpine Linux v3.22"
HOME_URL="https://alpinelinux.org/"
BUG_REPORT_URL="https://gitlab.alpinelinux.org/alpine/aports/-/issues"
`

var alpine = alpineKind("alpine", nil, nil)

var bashImage = alpineKind("bash",
	map[string][]string{"/usr/local/bin": {"bash"}},
	map[string]string{"/usr/local/bin/docker-entrypoint.sh": `#!/usr/bin/env bash
set -eu
# No argument, or an option first: run bash.
if [ "$#" -eq 0 ] || [ "${1#-}" != "$1" ]; then
	exec bash "$@"
fi
exec "$@"
`})

var agnhost = alpineKind("agnhost", map[string][]string{"/": {"agnhost", "agnhost-2"}, "/usr/bin": {"curl"}}, nil)

func alpineKind(name string, binaries map[string][]string, files map[string]string) *kind {
	k := &kind{
		name:     name,
		links:    map[string]string{"/var/run": "../run", "/var/lock": "/run/lock"},
		dirs:     []string{"/lib", "/mnt", "/media", "/srv", "/opt", "/usr/lib", "/usr/sbin", "/sbin"},
		binaries: map[string][]string{"/bin": {"busybox"}},
		files: map[string]string{
			"/etc/os-release":     alpineRelease,
			"/etc/alpine-release": "3.22.1\n",
			"/etc/passwd":         passwd("/bin/sh"),
			"/etc/group":          group,
		},
	}
	for _, applet := range applets() {
		if applet == "httpd" {
			continue // in a package of its own
		}
		dir := "/usr/bin/"
		if alpineBin[applet] {
			dir = "/bin/"
		}
		k.links[dir+applet] = "/bin/busybox"
	}
	for dir, names := range binaries {
		k.binaries[dir] = names
	}
	for file, text := range files {
		k.files[file] = text
	}
	return k
}

// alpineBin are the applets that Alpine has in /bin, not /usr/bin.
var alpineBin = set("ash", "base64", "cat", "chmod", "cp", "date", "echo", "false", "grep", "hostname", "kill", "ln",
	"ls", "mkdir", "mktemp", "mv", "ping", "pwd", "rm", "rmdir", "sh", "sleep", "stat", "sync", "touch", "true", "uname")

var busybox = &kind{
	name:     "busybox",
	links:    map[string]string{},
	dirs:     []string{"/usr/sbin"},
	binaries: map[string][]string{"/bin": append(applets(), "busybox")},
	applets:  true,
	files: map[string]string{
		"/etc/passwd": passwd("/bin/sh"),
		"/etc/group":  group,
	},
}

var pause = &kind{name: "pause", bare: true, binaries: map[string][]string{"/": {"pause"}}}

func passwd(shell string) string {
	return "root:x:0:0:root:/root:" + shell + `
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
`
}

const group = `root:x:0:
bin:x:1:
daemon:x:2:
nobody:x:65534:
`
