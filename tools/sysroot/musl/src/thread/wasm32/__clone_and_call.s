# int __clone_and_call(flags, stack, parent_tid, thread_pointer, child_tid, function, argument)
#
# The child goes on here with the result 0, on a copy of its creator's control stack, and in C could touch its creator's
# stack in memory: so first of all it takes its own stack and, with CLONE_SETTLS, its own thread pointer, whose block
# of thread-local objects it fills.
	.globaltype	__stack_pointer, i32
	.functype	__vm_syscall1 (i32, i32) -> (i32)
	.functype	__vm_syscall5 (i32, i32, i32, i32, i32, i32) -> (i32)
	.functype	__wasm_init_tls (i32) -> ()
	.import_module	__vm_syscall1, linux
	.import_name	__vm_syscall1, syscall1
	.import_module	__vm_syscall5, linux
	.import_name	__vm_syscall5, syscall5
	.text
	.section	.text.__clone_and_call,"",@
	.hidden	__clone_and_call
	.globl	__clone_and_call
	.type	__clone_and_call,@function
__clone_and_call:
	.functype	__clone_and_call (i32, i32, i32, i32, i32, i32, i32) -> (i32)
	.local	i32
	i32.const	220		# SYS_clone
	local.get	0
	local.get	1
	local.get	2
	local.get	3
	local.get	4
	call	__vm_syscall5
	local.tee	7
	if
	local.get	7
	return
	end_if
	local.get	1
	i32.const	-16
	i32.and
	global.set	__stack_pointer
	local.get	0
	i32.const	0x80000		# CLONE_SETTLS
	i32.and
	if
	local.get	3
	call	__wasm_init_tls
	end_if
	local.get	6
	local.get	5
	call_indirect	(i32) -> (i32)
	local.set	7
	loop
	i32.const	93		# SYS_exit
	local.get	7
	call	__vm_syscall1
	drop
	br	0
	end_loop
	unreachable
	end_function
