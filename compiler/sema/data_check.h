// One data file against the type it is read as. In: its values, the type. Out: a Datum of that type, or mistakes in the sink. Not for other rooms.
// Promise: every mistake of the file is told where it stands, up to a number that somebody reads.
#pragma once

#include "compiler/sema/checker.h"

namespace llmsys {

class DataCheck {
 public:
  DataCheck(Checker& checker, const ast::Data& node) : checker_(checker), program_(checker.program_), sink_(checker.sink_), sources_(checker.sources_), node_(node) {}

  /// Nothing if there is a mistake in it.
  std::optional<Datum> run(const DataValue& file, TypeId type);

 private:
  using Measure = Checker::Measure;
  /// What a kind or a `T per E` takes, by key.
  struct Field {
    std::string name;
    TypeId type;
    bool required = false;
    std::vector<std::string> spellings = {};   // besides the name
  };
  struct Shape {
    std::vector<Field> fields;
    std::map<std::string, uint32_t> keys;      // names and spellings
    std::set<std::string_view> ignored;
    bool poisoned = false;
  };
  /// For messages: the field a value is given to; none at the top.
  struct Target {
    const Field* field = nullptr;
    bool element = false;
  };
  struct Column {
    const Field* field;
    uint32_t slot;
    mpq_class scale = 1;                       // of its unit
  };

  // --- values (check_data.cpp) ---
  std::optional<Datum> value(const DataValue& value, TypeId type, Target target);
  std::optional<Datum> list(const DataValue& value, TypeId type, Target target);
  std::optional<Datum> object(const DataValue& value, TypeId type, Target target);
  std::optional<std::string> fixed_text(KindId kind, KindId ancestor, uint32_t slot) const;
  std::optional<TypeId> child_for(const DataObject& object, TypeId type);
  std::optional<Datum> quantity(const DataValue& value, TypeId type, Target target);
  std::optional<Datum> enum_case(std::string_view text, Span span, EnumId id);
  void label(std::vector<Datum>& elements);

  // --- csv (check_data_table.cpp) ---
  std::optional<Datum> table(const DataValue& value, TypeId type);
  std::vector<std::optional<Column>> columns(const DataTable& table, const Shape& shape, TypeId record, Span header);
  bool column_unit(const DataKey& key, Column& column);
  std::optional<Datum> row(const DataTable::Row& row, const std::vector<std::optional<Column>>& columns, TypeId record);
  std::optional<Datum> cell(const DataCell& cell, const Column& column);

  // --- numbers (check_data_number.cpp) ---
  std::optional<Datum> number(std::string_view text, Span span, const mpq_class& scale, TypeId type, Target target);
  std::optional<Datum> finished(mpq_class exact, Span span, TypeId type, Target target);
  std::optional<Measure> literal(Span span);
  std::optional<Measure> unit(Span span);
  std::string example_unit(const Dimension& dimension) const;

  // --- keys (check_data.cpp) ---
  const Shape& shape(TypeId type);
  bool has_default(KindId kind, uint32_t slot) const;
  void add_spellings(Shape& shape, KindId kind);
  struct Slots {
    std::vector<std::optional<uint32_t>> of_key;   // none for what is passed over or was reported
    std::set<uint32_t> told;                       // given, or meant by a misspelt key
  };
  Slots slots(const std::vector<DataKey>& keys, const Shape& shape, TypeId type);
  std::optional<uint32_t> unknown_key(const DataKey& key, const Shape& shape, TypeId type);
  void report_missing(const Slots& given, const Shape& shape, TypeId type, Span span);

  void wrong_type(const DataValue& value, TypeId type, Target target);
  void mistake(Span span, std::string message, std::string label_text, std::optional<std::string> help = {}, std::vector<Label> labels = {});
  bool enough() const;
  std::string told(Target target) const;
  std::string quoted(TypeId type) const { return "`" + program_.describe(type) + "`"; }

  Checker& checker_;
  Program& program_;
  DiagSink& sink_;
  const SourceMap& sources_;
  const ast::Data& node_;
  size_t errors_before_ = 0;
  std::map<TypeId, Shape> shapes_;
};

}  // namespace llmsys
