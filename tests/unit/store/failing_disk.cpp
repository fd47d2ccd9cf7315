#include "tests/unit/store/failing_disk.hpp"

#include <new>
#include <ostream>
#include <sqlite3.h>

namespace consentd::test {
namespace {

struct plan {
  std::atomic<bool> armed = false;
  std::atomic<disk_fault> how = disk_fault::full;
  std::atomic<int> countdown = 0;
  std::atomic<bool> failed = false;

  int on_write() {
    if (how != disk_fault::full && how != disk_fault::write_error) {
      return SQLITE_OK;
    }
    return due() ? (how == disk_fault::full ? SQLITE_FULL : SQLITE_IOERR_WRITE) : SQLITE_OK;
  }
  int on_sync(bool database) {
    bool const concerned = how == disk_fault::sync_error || (how == disk_fault::database_sync_error && database);
    return concerned && due() ? SQLITE_IOERR_FSYNC : SQLITE_OK;
  }

private:
  bool due() {
    if (!armed || --countdown > 0) {
      return false;
    }
    failed = true;
    return true;
  }
};

plan faults;
sqlite3_vfs* beneath = nullptr;
sqlite3_vfs on_top;

// The real file follows in the same memory.
struct file {
  sqlite3_file base;
  bool is_database;
};
sqlite3_file* real(sqlite3_file* of) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(of) + sizeof(file));
}

int close(sqlite3_file* f) {
  return real(f)->pMethods->xClose(real(f));
}
int read(sqlite3_file* f, void* to, int bytes, sqlite3_int64 at) {
  return real(f)->pMethods->xRead(real(f), to, bytes, at);
}
int write(sqlite3_file* f, void const* from, int bytes, sqlite3_int64 at) {
  int const fault = faults.on_write();
  return fault != SQLITE_OK ? fault : real(f)->pMethods->xWrite(real(f), from, bytes, at);
}
int truncate(sqlite3_file* f, sqlite3_int64 size) {
  return real(f)->pMethods->xTruncate(real(f), size);
}
int sync(sqlite3_file* f, int flags) {
  int const fault = faults.on_sync(reinterpret_cast<file*>(f)->is_database);
  return fault != SQLITE_OK ? fault : real(f)->pMethods->xSync(real(f), flags);
}
int file_size(sqlite3_file* f, sqlite3_int64* size) {
  return real(f)->pMethods->xFileSize(real(f), size);
}
int lock(sqlite3_file* f, int level) {
  return real(f)->pMethods->xLock(real(f), level);
}
int unlock(sqlite3_file* f, int level) {
  return real(f)->pMethods->xUnlock(real(f), level);
}
int check_lock(sqlite3_file* f, int* held) {
  return real(f)->pMethods->xCheckReservedLock(real(f), held);
}
int control(sqlite3_file* f, int what, void* with) {
  return real(f)->pMethods->xFileControl(real(f), what, with);
}
int sector_size(sqlite3_file* f) {
  return real(f)->pMethods->xSectorSize(real(f));
}
int characteristics(sqlite3_file* f) {
  return real(f)->pMethods->xDeviceCharacteristics(real(f));
}
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** to) {
  return real(f)->pMethods->xShmMap(real(f), page, size, extend, to);
}
int shm_lock(sqlite3_file* f, int offset, int n, int flags) {
  return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}
void shm_barrier(sqlite3_file* f) {
  real(f)->pMethods->xShmBarrier(real(f));
}
int shm_unmap(sqlite3_file* f, int remove) {
  return real(f)->pMethods->xShmUnmap(real(f), remove);
}

sqlite3_io_methods const methods{
    2,         close,      read,    write,       truncate,        sync,    file_size, lock,
    unlock,    check_lock, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
    shm_unmap, nullptr,    nullptr};

int open(sqlite3_vfs*, char const* name, sqlite3_file* f, int flags, int* out) {
  new (f) file{{}, (flags & SQLITE_OPEN_MAIN_DB) != 0};
  int const code = beneath->xOpen(beneath, name, real(f), flags, out);
  f->pMethods = real(f)->pMethods != nullptr ? &methods : nullptr;
  return code;
}

} // namespace

std::ostream& operator<<(std::ostream& to, disk_fault fault) {
  switch (fault) {
  case disk_fault::full:
    return to << "full";
  case disk_fault::write_error:
    return to << "write error";
  case disk_fault::sync_error:
    return to << "sync error";
  case disk_fault::database_sync_error:
    return to << "database sync error";
  }
  return to;
}

failing_disk::failing_disk() : before_(sqlite3_vfs_find(nullptr)) {
  beneath = before_;
  on_top = *beneath;
  on_top.pNext = nullptr;
  on_top.zName = "failing";
  on_top.szOsFile = static_cast<int>(sizeof(file)) + beneath->szOsFile;
  on_top.xOpen = open;
  heal();
  sqlite3_vfs_register(&on_top, 1);
}

failing_disk::~failing_disk() {
  heal();
  sqlite3_vfs_unregister(&on_top);
  sqlite3_vfs_register(before_, 1);
}

void failing_disk::fail_from(disk_fault how, int operation) {
  faults.how = how;
  faults.countdown = operation;
  faults.failed = false;
  faults.armed = true;
}

void failing_disk::heal() {
  faults.armed = false;
}

bool failing_disk::has_failed() const noexcept {
  return faults.failed;
}

} // namespace consentd::test
