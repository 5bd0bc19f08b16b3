// A thread with a fault in it.
setTimeout(() => {
	throw new TypeError('undefined is not a pair');
}, 50);
