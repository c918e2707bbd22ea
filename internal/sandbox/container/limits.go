package container

// Limits bound what the process of a container may use. They can be changed
// while it runs.
type Limits struct {
	// Memory is how much its scripts and commands may hold at once, in bytes. What the
	// interpreter itself takes does not count, so that a container that sleeps
	// fits into any limit. 0 means DefaultMemory.
	Memory int64
	// Disk is how much its file tree and the directories mounted for writing may
	// take together, in bytes. 0 means DefaultDisk.
	Disk int64
	// CPU is how much processor time it may use, in thousandths of a processor.
	// 0 means all of one, which is also the most: a container runs on one
	// processor at a time.
	CPU int64
	// Nice is how far it stands back behind others when processors are short, as
	// nice(2) has it: 0 to 19. It does not change any more once the container runs.
	Nice int
}

// What a container may use that has no limit.
const (
	DefaultMemory = 1 << 30
	DefaultDisk   = 1 << 30
)

// memory is the limit in bytes.
func (l Limits) memory() int64 {
	if l.Memory <= 0 {
		return DefaultMemory
	}
	return l.Memory
}

// disk is the limit in bytes.
func (l Limits) disk() int64 {
	if l.Disk <= 0 {
		return DefaultDisk
	}
	return l.Disk
}
