package container

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/rung-dev/rung/lab/process"
)

const (
	// user is whom a container's process is, seen from within: nobody whom an image knows,
	// like the user of a machine's app.
	user = 990
	// inside is the word by which this program begins a container, in its namespaces; plan
	// is the descriptor from which it reads how.
	inside, plan = "inside", 3
)

// begun is all that a container's first process has to know.
type begun struct {
	Dir    string // the lab's, from which Root and At go on
	Root   string // the image's files
	At     string // the folder that becomes its root
	Argv   []string
	Env    []string
	Folder string
	Mounts []mount
}

// run runs a container to its end, whose exit status it returns.
func (m Machine) run(a asked) (int, error) {
	b, err := m.begun(a)
	if err != nil {
		return failed, err
	}
	at := m.at(a.Name)
	if err := os.MkdirAll(at, 0o755); err != nil {
		return failed, fmt.Errorf("run the container %s: %w", a.Name, err)
	}
	defer os.Remove(at)
	runtime.LockOSThread() // the container ends with the thread that has begun it
	cmd, err := start(b)
	if err != nil {
		return failed, fmt.Errorf("run the container %s: %w", a.Name, err)
	}
	if err := writeNote(m.note(a.Name), process.Identify(cmd.Process.Pid)); err != nil {
		return failed, errors.Join(fmt.Errorf("note the container %s: %w", a.Name, err), cmd.Process.Kill(), cmd.Wait())
	}
	defer os.Remove(m.note(a.Name))
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		for s := range told {
			_ = cmd.Process.Signal(s) // it may have ended
		}
	}()
	return statusOf(cmd.Wait())
}

// statusOf is what a shell says of how a program has ended.
func statusOf(err error) (int, error) {
	var ended *exec.ExitError
	if err == nil || !errors.As(err, &ended) {
		return 0, err
	}
	const signals = 128
	if w, ok := ended.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return signals + int(w.Signal()), nil
	}
	return ended.ExitCode(), nil
}

// begun fetches the image where it is not there, and says what runs.
func (m Machine) begun(a asked) (b begun, err error) {
	if err := m.containers.Fetch(context.Background(), a.Image); err != nil {
		return b, err
	}
	img, root, err := m.containers.read(a.Image)
	if err != nil {
		return b, err
	}
	b = begun{Dir: m.containers.Dir, Folder: img.WorkingDir, Env: environment(img.Env, a.Variables, os.Environ()),
		Argv: slices.Concat(img.Entrypoint, a.Words), Mounts: a.Mounts}
	if len(a.Words) == 0 {
		b.Argv = slices.Concat(img.Entrypoint, img.Cmd)
	}
	if len(b.Argv) == 0 {
		return b, fmt.Errorf("run the image %s: it names no program, and commands.web of rung.yaml names none", a.Image)
	}
	if ca := filepath.Join(b.Dir, "ca", "ca.pem"); exists(ca) { // the lab's authority, which no image knows
		b.Mounts = append(b.Mounts, mount{Path: ca, ReadOnly: true})
	}
	if b.Root, err = filepath.Rel(b.Dir, root); err != nil {
		return b, err
	}
	b.At, err = filepath.Rel(b.Dir, m.at(a.Name))
	return b, err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// environment is the image's, with those variables of this process that are named.
func environment(ofImage, names, own []string) (env []string) {
	env = slices.Clone(ofImage)
	if !slices.ContainsFunc(env, func(v string) bool { return strings.HasPrefix(v, "PATH=") }) {
		env = append(env, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
	}
	for _, v := range own {
		name, _, _ := strings.Cut(v, "=")
		if !slices.Contains(names, name) {
			continue
		}
		env = append(slices.DeleteFunc(env, func(has string) bool { return strings.HasPrefix(has, name+"=") }), v)
	}
	return env
}

// start begins a container's first process in namespaces of its own.
func start(b begun) (*exec.Cmd, error) {
	text, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	defer write.Close()
	cmd := exec.Command("/proc/self/exe", "lab", Word, b.Dir, inside)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = os.Stdin, os.Stdout, os.Stderr, []*os.File{read}
	cmd.SysProcAttr = apart()
	if err := cmd.Start(); err != nil {
		return nil, refused(err)
	}
	if _, err := write.Write(text); err != nil {
		return nil, errors.Join(err, cmd.Process.Kill(), cmd.Wait())
	}
	return cmd, nil
}

// apart are namespaces of its own, and within them the rights to make a root.
func apart() *syscall.SysProcAttr {
	users := func(own int) []syscall.SysProcIDMap {
		all := []syscall.SysProcIDMap{{ContainerID: user, HostID: own, Size: 1}}
		if os.Getuid() == 0 { // whose the image's files are
			all = append(all, syscall.SysProcIDMap{ContainerID: 0, HostID: nobody, Size: 1})
		}
		return all
	}
	return &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWIPC,
		UidMappings: users(os.Getuid()), GidMappings: users(os.Getgid()),
		AmbientCaps: []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SYS_CHROOT, unix.CAP_DAC_OVERRIDE, unix.CAP_SETPCAP,
			unix.CAP_CHOWN, unix.CAP_FOWNER},
		Pdeathsig: syscall.SIGKILL,
	}
}

// refused says what to do where the system lets nobody make namespaces.
func refused(err error) error {
	if !errors.Is(err, unix.EPERM) && !errors.Is(err, unix.ENOSPC) && !errors.Is(err, unix.EINVAL) {
		return err
	}
	return fmt.Errorf("%w: the lab runs images in namespaces of users, which this system refuses: run rung as root, or "+
		"allow them (sysctl kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu, user.max_user_namespaces "+
		"elsewhere; a container that rung itself runs in has to be privileged)", err)
}

// Probe fails where this machine lets no image run, by what begins one.
func Probe() error {
	cmd := exec.Command("/bin/true")
	cmd.SysProcAttr = apart()
	if err := cmd.Run(); err != nil {
		return refused(err)
	}
	return nil
}

// Command is a command inside a container, by nsenter of util-linux, which becomes it.
func Command(id process.Identity, argv []string) []string {
	return slices.Concat([]string{"nsenter", "--target", fmt.Sprint(id.PID), "--user", "--preserve-credentials",
		"--mount", "--pid", "--ipc", "--root", "--wdns=" + folderOf(id), "--"}, argv)
}

// folderOf is the working directory of a process, as itself sees it.
func folderOf(id process.Identity) string {
	dir, err := os.Readlink(filepath.Join("/proc", fmt.Sprint(id.PID), "cwd"))
	if err != nil {
		return "/"
	}
	return dir
}
