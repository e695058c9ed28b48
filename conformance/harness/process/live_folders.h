// LiveFolders: the folders of the clients and servers that are under test at this moment, so that
// whoever interrupts the judge (Ctrl-C, SIGTERM) is left with neither folders nor processes.
//
//   LiveFolder live(folder.path(), "TERAPI_STATE_DIR", folder.file("state"));   // in a stage
//   end_when_interrupted();                                                     // in main
//
// Thread rule: any thread.
#pragma once

#include <string>

namespace terapi::conformance {

// For as long as it lives, the folder is one that goes when the judge is interrupted; so does every
// process whose environment has that variable with that value.
class LiveFolder {
 public:
  LiveFolder(std::string folder, std::string variable, std::string value);
  ~LiveFolder();
  LiveFolder(const LiveFolder&) = delete;
  LiveFolder& operator=(const LiveFolder&) = delete;

 private:
  std::string folder_;
};

// Kills those processes and removes those folders, of all stages.
void end_live_folders();

// From now on SIGINT, SIGTERM and SIGHUP do that, and then end this process as they always do. To
// be called before there is any other thread; the loop of a stage must not listen to them.
void end_when_interrupted();

}  // namespace terapi::conformance
