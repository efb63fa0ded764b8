# int __set_thread_area(void *thread_pointer): the thread pointer is the global __tls_base.
	.globaltype	__tls_base, i32
	.text
	.section	.text.__set_thread_area,"",@
	.hidden	__set_thread_area
	.globl	__set_thread_area
	.type	__set_thread_area,@function
__set_thread_area:
	.functype	__set_thread_area (i32) -> (i32)
	local.get	0
	global.set	__tls_base
	i32.const	0
	end_function
