#include "tools/lind-vm/spec/runner.h"

#include <fmt/format.h>

#include <utility>

#include "vm/base/trap.h"
#include "vm/isa/opcodes.h"
#include "vm/module/load.h"

namespace lindvm::spec {
namespace {

const char* to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::malformed:
      return "malformed";
    case ErrorKind::invalid:
      return "invalid";
    case ErrorKind::unlinkable:
      return "unlinkable";
    case ErrorKind::uninstantiable:
      return "uninstantiable";
    case ErrorKind::unsupported:
      return "unsupported";
    case ErrorKind::io:
      return "unreadable";
  }
  return "";
}

std::string describe(const Error& error) {
  return fmt::format("{}: {} (offset {:#x})", to_string(error.kind), error.message, error.offset);
}

Outcome fail(std::string detail) { return {Verdict::failed, std::move(detail)}; }
Outcome skip(std::string detail) { return {Verdict::skipped, std::move(detail)}; }

/// Scripts assert that what came after the version of the specification they were written for is refused:
/// those of the threads proposal build on 1.0, all others do not know custom page sizes.
Features features_of(std::string_view source) {
  Features features = Features::all();
  if (!source.starts_with("proposals/custom-page-sizes/"))
    features = features.without(Feature::custom_page_sizes);
  if (source.starts_with("proposals/threads/")) {
    features = features.without(Feature::multi_memory).without(Feature::reference_types);
  }
  return features;
}

std::string describe_trap(const TrapState& trap) {
  std::string words(trap_text(trap.kind));
  if (!trap.detail.empty()) words += ": " + trap.detail;
  return words;
}

std::string describe(const std::vector<Value>& values) {
  std::string text;
  for (const Value& value : values) text += (text.empty() ? "" : ", ") + spec::describe(value);
  return "(" + text + ")";
}

std::string describe(const std::vector<Pattern>& patterns) {
  std::string text;
  for (const Pattern& pattern : patterns) text += (text.empty() ? "" : ", ") + spec::describe(pattern);
  return "(" + text + ")";
}

bool all_match(const std::vector<Pattern>& patterns, const std::vector<Value>& values) {
  if (patterns.size() != values.size()) return false;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!matches(patterns[i], values[i])) return false;
  }
  return true;
}

bool arguments_fit(const std::vector<Pattern>& arguments, const FuncType& type) {
  if (arguments.size() != type.params.size()) return false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].kind != type.params[i].kind()) return false;
  }
  return true;
}

}  // namespace

bool words_match(std::string_view expected, std::string_view actual) {
  std::string_view head = actual.substr(0, actual.find(':'));
  return actual.starts_with(expected) || (!head.empty() && expected.starts_with(head));
}

Runner::Runner(const Script& script, bool validate_only)
    : script_(script), validate_only_(validate_only), features_(features_of(script.source)) {}

void Runner::run(const Begin& begin, const End& end) {
  std::string no_host;
  if (!validate_only_) {
    store_ = std::make_unique<Store>();
    auto host = SpecTestHost::create(*store_);
    if (host.ok())
      host_ = std::move(host.value());
    else
      no_host = describe(host.error());
  }
  for (const Command& command : script_.commands) {
    begin(command);
    end(command, no_host.empty() ? dispatch(command) : fail(no_host));
  }
}

Outcome Runner::dispatch(const Command& command) {
  using Handler = Outcome (Runner::*)(const Command&);
  static constexpr Handler k_handlers[] = {
#define COMMAND(id, name, traits, handler) &Runner::handler,
#include "tools/lind-vm/spec/commands.def"
#undef COMMAND
  };
  if (validate_only_ && is_executed(command.kind)) return skip("not run");
  return (this->*k_handlers[static_cast<size_t>(command.kind)])(command);
}

Outcome Runner::run_unsupported(const Command& command) {
  return skip(fmt::format("{} is not supported", spec::to_string(command.kind)));
}

Outcome Runner::run_module(const Command& command) {
  if (command.filename.empty()) return skip("text format");
  auto module = load(command);
  if (!module.ok()) {
    set_latest(command.name, {nullptr, describe(module.error())});
    return fail(describe(module.error()));
  }
  if (validate_only_) return {};
  set_latest(command.name, instantiate(module.value()));
  return latest_.instance ? Outcome{} : fail(latest_.missing);
}

Outcome Runner::run_module_definition(const Command& command) {
  if (command.filename.empty()) return skip("text format");
  auto module = load(command);
  if (!module.ok()) return fail(describe(module.error()));
  definitions_[command.name] = module.value();
  return {};
}

Outcome Runner::run_module_instance(const Command& command) {
  auto definition = definitions_.find(command.module);
  if (definition == definitions_.end()) return fail("no such module definition: " + command.module);
  set_latest(command.instance, instantiate(definition->second));
  return latest_.instance ? Outcome{} : fail(latest_.missing);
}

Outcome Runner::run_register(const Command& command) {
  Slot slot = find_instance(command.name);
  if (!slot.instance) return fail(slot.missing);
  registered_[command.as] = slot.instance;
  return {};
}

Outcome Runner::run_action(const Command& command) {
  ActionResult result = perform(*command.action);
  return result.completion == Completion::returned ? Outcome{} : fail_action(command, result.words);
}

Outcome Runner::run_assert_return(const Command& command) {
  ActionResult result = perform(*command.action);
  if (result.completion != Completion::returned) return fail_action(command, result.words);
  if (all_match(command.expected, result.results)) return {};
  return fail_action(
      command, fmt::format("expected {}, got {}", describe(command.expected), describe(result.results)));
}

Outcome Runner::run_assert_trap(const Command& command) {
  ActionResult result = perform(*command.action);
  if (result.completion == Completion::returned) {
    return fail_action(command,
                       fmt::format("expected trap \"{}\", got {}", command.text, describe(result.results)));
  }
  if (result.completion == Completion::trapped && words_match(command.text, result.words)) return {};
  return fail_action(command, fmt::format("expected trap \"{}\", got \"{}\"", command.text, result.words));
}

Outcome Runner::run_assert_exception(const Command& command) {
  ActionResult result = perform(*command.action);
  if (result.completion == Completion::threw) return {};
  return fail_action(command,
                     fmt::format("expected an exception, got {}{}", describe(result.results), result.words));
}

Outcome Runner::run_assert_load_error(const Command& command) {
  ErrorKind kind = command.kind == CommandKind::assert_invalid ? ErrorKind::invalid : ErrorKind::malformed;
  if (command.filename.empty()) return skip("text format");
  auto module = load(command);
  if (module.ok())
    return fail(fmt::format("expected {}: \"{}\", but it is valid", to_string(kind), command.text));
  const Error& error = module.error();
  if (error.kind == kind && words_match(command.text, error.message)) return {};
  return fail(fmt::format("expected {}: \"{}\", got {}", to_string(kind), command.text, describe(error)));
}

Outcome Runner::run_assert_link_error(const Command& command) {
  bool is_unlinkable = command.kind == CommandKind::assert_unlinkable;
  ErrorKind kind = is_unlinkable ? ErrorKind::unlinkable : ErrorKind::uninstantiable;
  if (command.filename.empty()) return skip("text format");
  auto module = load(command);
  if (!module.ok()) return fail(describe(module.error()));
  auto instance = link(module.value());
  if (instance.ok())
    return fail(fmt::format("expected {}: \"{}\", but it links", to_string(kind), command.text));
  const Error& error = instance.error();
  if (error.kind == kind && words_match(command.text, error.message)) return {};
  return fail(fmt::format("expected {}: \"{}\", got {}", to_string(kind), command.text, describe(error)));
}

Result<std::shared_ptr<const Module>> Runner::load(const Command& command) const {
  return load_module_file((script_.directory / command.filename).string(), features_);
}

Result<Instance*> Runner::link(std::shared_ptr<const Module> module) {
  return store_->instantiate(std::make_shared<CompiledModule>(std::move(module)),
                             [this](const Import& import) { return resolve(import); });
}

Runner::Slot Runner::instantiate(std::shared_ptr<const Module> module) {
  auto instance = link(std::move(module));
  if (instance.ok()) return {instance.value(), {}};
  return {nullptr, describe(instance.error())};
}

const External* Runner::resolve(const Import& import) {
  auto registered = registered_.find(import.module);
  if (registered != registered_.end()) return registered->second->find_export(import.name);
  return import.module == "spectest" ? host_->find(import.name) : nullptr;
}

Runner::ActionResult Runner::perform(const Action& action) {
  Slot slot = find_instance(action.module);
  if (!slot.instance) return {{}, {}, slot.missing};
  return action.is_get ? get_global(*slot.instance, action) : call_function(*slot.instance, action);
}

Outcome Runner::fail_action(const Command& command, std::string detail) const {
  auto damage = damaged_.find(find_instance(command.action->module).instance);
  if (damage == damaged_.end() || detail.starts_with(damage->second)) return fail(std::move(detail));
  return fail(fmt::format("{} (after {})", detail, damage->second));
}

Runner::ActionResult Runner::get_global(Instance& instance, const Action& action) {
  const External* external = instance.find_export(action.field);
  if (!external || external->kind != ExternKind::global)
    return {{}, {}, "no exported global " + action.field};
  return {Completion::returned, {store_->read_global(external->global)}, {}};
}

Runner::ActionResult Runner::call_function(Instance& instance, const Action& action) {
  const External* external = instance.find_export(action.field);
  if (!external || external->kind != ExternKind::function)
    return {{}, {}, "no exported function " + action.field};
  const FuncType& type = func_type(external->function->type);
  if (!arguments_fit(action.arguments, type)) return {{}, {}, "the arguments do not fit the function's type"};
  std::vector<Value> arguments;
  for (size_t i = 0; i < type.params.size(); ++i) {
    arguments.push_back(to_value(action.arguments[i], type.params[i]));
  }
  ActionResult result;
  result.results.resize(type.results.size());
  ThreadContext& thread = store_->main_thread();
  result.completion = invoke(thread, *external->function, arguments, result.results);
  if (result.completion == Completion::returned) return result;
  result.results.clear();
  result.words = result.completion == Completion::trapped ? describe_trap(thread.trap) : "uncaught exception";
  if (thread.trap.kind == Trap::Unsupported) damaged_[&instance] = result.words;
  return result;
}

Runner::Slot Runner::find_instance(const std::string& name) const {
  if (name.empty()) return latest_;
  auto found = instances_.find(name);
  return found == instances_.end() ? Slot{nullptr, "no module named " + name} : found->second;
}

void Runner::set_latest(const std::string& name, Slot slot) {
  latest_ = std::move(slot);
  if (!name.empty()) instances_[name] = latest_;
}

}  // namespace lindvm::spec
