#include "runtime/sqlite/write_sqlite.h"

#include <sqlite3.h>

#include <filesystem>
#include <utility>

#include "runtime/report/layout.h"
#include "runtime/report/number.h"

namespace llmsys {
namespace {

std::string quoted(const std::string& name, char quote = '"') {
  std::string text(1, quote);
  for (char c : name) {
    text += c;
    if (c == quote) text += c;
  }
  return text + quote;
}

const char* type_of(const Column& column) {
  switch (column.type) {
    case Column::Type::number: return "REAL";
    case Column::Type::boolean: return "INTEGER";
    case Column::Type::label: break;
  }
  return "TEXT";
}

constexpr const char* tables =
    "CREATE TABLE IF NOT EXISTS llmsys_studies (study TEXT PRIMARY KEY, title TEXT, text TEXT, points INTEGER, dropped INTEGER, infeasible INTEGER, shown INTEGER) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS llmsys_columns (study TEXT, name TEXT, unit TEXT, is_axis INTEGER, PRIMARY KEY (study, name)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS llmsys_reasons (study TEXT, reason TEXT, rows INTEGER, PRIMARY KEY (study, reason)) WITHOUT ROWID;";

struct Finalise {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalise>;

class Database : public SqliteWriter {
 public:
  Database(const std::string& path, bool anew, std::string& error) : path_(path), error_(error) {
    std::error_code code;
    if (anew) std::filesystem::remove(path + "-journal", code);   // it would undo what is not there any more
    if (sqlite3_open(path.c_str(), &database_) != SQLITE_OK) fail();
    else run(tables) && run("BEGIN");
  }
  ~Database() override {
    insert_.reset();
    sqlite3_close(database_);
  }

  bool begin(const Sweep& sweep) override;
  bool row(const Row& row) override;
  bool end(const Totals& totals) override;
  bool finish() override;
  void keep(uint64_t rows) override { kept_ = rows; }
  bool save() override { return run("COMMIT") && run("BEGIN"); }

 private:
  bool fail() {
    if (error_.empty()) error_ = sqlite3_errmsg(database_);
    return false;
  }
  bool run(const std::string& statements) { return sqlite3_exec(database_, statements.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK || fail(); }
  Statement prepared(const std::string& text) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database_, text.c_str(), -1, &statement, nullptr) != SQLITE_OK) fail();
    return Statement(statement);
  }
  bool step(sqlite3_stmt* statement) {
    const bool good = sqlite3_step(statement) == SQLITE_DONE || fail();
    sqlite3_reset(statement);
    return good;
  }
  /// What is bound lives until the step.
  void bind(sqlite3_stmt* statement, int place, const std::string& text) { sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()), SQLITE_STATIC); }
  void bind(sqlite3_stmt* statement, int place, uint64_t number) { sqlite3_bind_int64(statement, place, static_cast<sqlite3_int64>(number)); }
  template <class... Values>
  bool insert(const char* table, const Values&... values) {
    std::string text = std::string("INSERT OR REPLACE INTO ") + table + " VALUES (?";
    for (size_t k = 1; k < sizeof...(values); ++k) text += ", ?";
    const Statement statement = prepared(text + ")");
    int place = 0;
    (bind(statement.get(), ++place, values), ...);
    return statement && step(statement.get());
  }
  bool create();

  std::string path_;
  std::string& error_;
  sqlite3* database_ = nullptr;
  const Sweep* sweep_ = nullptr;
  std::vector<Field> fields_;
  Statement insert_;   // a row
  uint64_t kept_ = 0;
};

bool Database::begin(const Sweep& sweep) {
  sweep_ = &sweep;
  fields_ = fields_of(sweep);
  if (!error_.empty()) return false;
  const uint64_t kept = std::exchange(kept_, 0);
  if (kept == 0 ? !create() : !run("DELETE FROM " + quoted(sweep.name) + " WHERE rowid > " + std::to_string(kept))) return false;
  std::string places = "?";
  for (size_t k = 0; k < fields_.size(); ++k) places += ", ?";   // one more, for the reason
  insert_ = prepared("INSERT INTO " + quoted(sweep.name) + " VALUES (" + places + ")");
  return insert_ != nullptr;
}

bool Database::create() {
  const std::vector<std::string> names = names_of(fields_, {"infeasible", "rowid"}, false);
  std::string columns;
  for (size_t k = 0; k < fields_.size(); ++k) columns += quoted(names[k]) + " " + type_of(*fields_[k].column) + ", ";
  const std::string table = quoted(sweep_->name);
  if (!run("CREATE TABLE IF NOT EXISTS " + table + " (" + columns + "infeasible TEXT)") || !run("DELETE FROM " + table)) return false;
  for (size_t k = 0; k < fields_.size(); ++k) {
    const Column& column = *fields_[k].column;
    if (!insert("llmsys_columns", sweep_->name, names[k], column.units[column.plain_unit].text, uint64_t{fields_[k].is_axis})) return false;
  }
  return true;
}

bool Database::row(const Row& row) {
  sqlite3_stmt* const statement = insert_.get();
  int place = 0;
  for (const Field& field : fields_) {
    ++place;
    const Column& column = *field.column;
    if (!has(row, field)) sqlite3_bind_null(statement, place);
    else if (column.type == Column::Type::label) bind(statement, place, label(column, value_of(row, field)));
    else if (column.type == Column::Type::boolean) bind(statement, place, uint64_t{value_of(row, field) != 0});
    else sqlite3_bind_double(statement, place, in_plain_unit(column, value_of(row, field)));
  }
  const std::string reason = row.reason != 0 ? why(*sweep_, row) : "";
  if (row.reason != 0) bind(statement, ++place, reason);
  else sqlite3_bind_null(statement, ++place);
  return step(statement);
}

bool Database::end(const Totals& totals) {
  insert_.reset();
  for (const auto& [site, rows] : totals.by_reason) {
    if (!insert("llmsys_reasons", sweep_->name, site, rows)) return false;
  }
  return insert("llmsys_studies", sweep_->name, sweep_->title, sweep_->text, totals.points, totals.dropped, totals.infeasible, totals.shown);
}

/// Packed, since how its pages lie depends on when they were saved.
bool Database::finish() {
  const std::string packed = path_ + ".packed";
  std::error_code code;
  std::filesystem::remove(packed, code);
  if (!run("COMMIT") || !run("VACUUM INTO " + quoted(packed, '\''))) return false;
  if (sqlite3_close(database_) != SQLITE_OK) return fail();
  database_ = nullptr;
  std::filesystem::rename(packed, path_, code);
  if (code) error_ = code.message();
  return !code;
}

}  // namespace

std::unique_ptr<SqliteWriter> make_sqlite_writer(const std::string& path, bool anew, std::string& error) { return std::make_unique<Database>(path, anew, error); }

}  // namespace llmsys
