// Stands for a part of a library that we do not use.
export default null
