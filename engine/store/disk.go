package store

// disk is where a stack's files lie: the folders of this machine, or a bucket.
type disk interface {
	has(path string) (bool, error)
	// read is a file; fs.ErrNotExist where there is none.
	read(path string) ([]byte, error)
	// replace writes a file in one step, so that nobody finds half of one.
	replace(path string, text []byte) error
	// keep copies a file to FILE.bak, where there is one.
	keep(path string) error
	// remove takes a missing file for a removed one.
	remove(path string) error
	// list are the files of a folder whose names end in .json.
	list(folder string) ([]string, error)

	// begin makes a journal where none lies, with its first line on the disk.
	begin(path, base string) (log, error)
	// notes are the whole lines of a journal; fs.ErrNotExist where there is none.
	notes(path string) ([]byte, error)
	// discard removes a journal in one step; none is fine.
	discard(path string) error
	// setAside keeps a journal where nobody takes it for one any more, and says where.
	setAside(path string) (string, error)
}

// log is a journal that is being written.
type log interface {
	// write appends whole lines, and returns when they are on the disk where they last.
	write(text []byte, lasts bool) error
	close() error
}
