# The tags of longjmp and of C++ exceptions, which compilers refer to and which have to be defined once in a program.
	.globl	__c_longjmp
	.tagtype	__c_longjmp i32
__c_longjmp:

	.globl	__cpp_exception
	.tagtype	__cpp_exception i32
__cpp_exception:
