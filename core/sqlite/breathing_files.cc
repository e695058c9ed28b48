#include "core/sqlite/breathing_files.h"

#include <sqlite3.h>

#include "core/breather.h"

namespace terapi::core {
namespace {

constexpr const char* kName = "terapi-breathing";

// One of ours; the usual one lies behind it, in the room that SQLite gives for both.
struct BreathingFile {
  sqlite3_file base;
  sqlite3_file* usual;
};

sqlite3_file* usual(sqlite3_file* file) { return reinterpret_cast<BreathingFile*>(file)->usual; }

sqlite3_vfs* usual(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

// A method of files, or of the VFS, that does what the usual one does.
template <auto kMethod, typename... Arguments>
auto pass_on(sqlite3_file* file, Arguments... arguments) {
  return (usual(file)->pMethods->*kMethod)(usual(file), arguments...);
}

template <auto kMethod, typename... Arguments>
auto pass_on_in(sqlite3_vfs* vfs, Arguments... arguments) {
  return (usual(vfs)->*kMethod)(usual(vfs), arguments...);
}

int read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 at) {
  breathe();
  return usual(file)->pMethods->xRead(usual(file), bytes, size, at);
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  breathe();
  return usual(file)->pMethods->xWrite(usual(file), bytes, size, at);
}

int sync(sqlite3_file* file, int flags) {
  int code = SQLITE_OK;
  breathe_until_done([&] { code = usual(file)->pMethods->xSync(usual(file), flags); });
  return code;
}

constexpr sqlite3_io_methods kMethods = {
    .iVersion = 3,
    .xClose = pass_on<&sqlite3_io_methods::xClose>,
    .xRead = read,
    .xWrite = write,
    .xTruncate = pass_on<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
    .xSync = sync,
    .xFileSize = pass_on<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = pass_on<&sqlite3_io_methods::xLock, int>,
    .xUnlock = pass_on<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = pass_on<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = pass_on<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = pass_on<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = pass_on<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = pass_on<&sqlite3_io_methods::xShmMap, int, int, int, void volatile**>,
    .xShmLock = pass_on<&sqlite3_io_methods::xShmLock, int, int, int>,
    .xShmBarrier = pass_on<&sqlite3_io_methods::xShmBarrier>,
    .xShmUnmap = pass_on<&sqlite3_io_methods::xShmUnmap, int>,
    .xFetch = pass_on<&sqlite3_io_methods::xFetch, sqlite3_int64, int, void**>,
    .xUnfetch = pass_on<&sqlite3_io_methods::xUnfetch, sqlite3_int64, void*>,
};

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  auto* const ours = reinterpret_cast<BreathingFile*>(file);
  ours->base.pMethods = nullptr;
  ours->usual = reinterpret_cast<sqlite3_file*>(ours + 1);
  const int code = usual(vfs)->xOpen(usual(vfs), name, ours->usual, flags, flags_out);
  // One that has methods is closed, whether it is open or not.
  if (ours->usual->pMethods != nullptr) ours->base.pMethods = &kMethods;
  return code;
}

// Null: there is no usual one to pass things on to, or not one of this form.
const char* add_to_sqlite() {
  sqlite3_vfs* const from = sqlite3_vfs_find(nullptr);
  if (from == nullptr || from->iVersion < 3) return nullptr;
  static sqlite3_vfs vfs = *from;
  vfs.zName = kName;
  vfs.pNext = nullptr;
  vfs.pAppData = from;
  vfs.szOsFile = static_cast<int>(sizeof(BreathingFile)) + from->szOsFile;
  vfs.xOpen = open;
  vfs.xDelete = pass_on_in<&sqlite3_vfs::xDelete, const char*, int>;
  vfs.xAccess = pass_on_in<&sqlite3_vfs::xAccess, const char*, int, int*>;
  vfs.xFullPathname = pass_on_in<&sqlite3_vfs::xFullPathname, const char*, int, char*>;
  vfs.xDlOpen = pass_on_in<&sqlite3_vfs::xDlOpen, const char*>;
  vfs.xDlError = pass_on_in<&sqlite3_vfs::xDlError, int, char*>;
  vfs.xDlClose = pass_on_in<&sqlite3_vfs::xDlClose, void*>;
  vfs.xDlSym = [](sqlite3_vfs* of, void* library, const char* symbol) {
    return usual(of)->xDlSym(usual(of), library, symbol);
  };
  vfs.xRandomness = pass_on_in<&sqlite3_vfs::xRandomness, int, char*>;
  vfs.xSleep = pass_on_in<&sqlite3_vfs::xSleep, int>;
  vfs.xCurrentTime = pass_on_in<&sqlite3_vfs::xCurrentTime, double*>;
  vfs.xGetLastError = pass_on_in<&sqlite3_vfs::xGetLastError, int, char*>;
  vfs.xCurrentTimeInt64 = pass_on_in<&sqlite3_vfs::xCurrentTimeInt64, sqlite3_int64*>;
  vfs.xSetSystemCall = pass_on_in<&sqlite3_vfs::xSetSystemCall, const char*, sqlite3_syscall_ptr>;
  vfs.xGetSystemCall = pass_on_in<&sqlite3_vfs::xGetSystemCall, const char*>;
  vfs.xNextSystemCall = pass_on_in<&sqlite3_vfs::xNextSystemCall, const char*>;
  return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK ? kName : nullptr;
}

}  // namespace

const char* breathing_files() {
  static const char* const kAdded = add_to_sqlite();
  return kAdded;
}

}  // namespace terapi::core
