// DataFile: the claim of one process to the file of --data, and the checks that come before SQLite.
//
// The claim is a flock on the file itself, which the kernel releases when the process dies. It is
// not a fcntl lock: SQLite has its own of those on the file, and they go when any descriptor of the
// file is closed in the process. For that reason this one stays open as long as the claim lasts,
// and a file that is claimed in this process already is never opened a second time.
//
// Thread rule: any thread may claim; a claim is one thread's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "core/result.h"

namespace terapi::simulator {

class DataFile {
 public:
  // Fills a file that is not there yet with an empty database; it is put in place when complete.
  using Make = std::function<core::Result<void>(const std::string& file)>;

  // Codes "data_in_use", "data_io" and those of check_data_header; the file is unchanged then.
  static core::Result<std::unique_ptr<DataFile>> claim(const std::string& path, const Make& make);
  // Ends the claim: SQLite has to be done with the file.
  ~DataFile();
  DataFile(const DataFile&) = delete;
  DataFile& operator=(const DataFile&) = delete;

  // As the caller named it, for messages; and where it really is, links followed.
  const std::string& path() const { return path_; }
  const std::string& file() const { return file_; }
  // There is a WAL beside it: the process that had it last was killed.
  bool has_log() const;

 private:
  explicit DataFile(std::string path) : path_(std::move(path)) {}
  // False: the file that was locked is not the one at the path any more; try again.
  core::Result<bool> lock();
  core::Result<void> open();
  core::Result<void> fill(const Make& make) const;
  bool empty() const;

  std::string path_;
  std::string file_;
  int descriptor_ = -1;
  bool made_ = false;     // the path named no file before
  bool claimed_ = false;  // the lock is ours
};

}  // namespace terapi::simulator
